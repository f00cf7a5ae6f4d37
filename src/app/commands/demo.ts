/** `sluice demo` */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { up } from './up.ts'

export async function demo({ home }: { readonly home: string }): Promise<void> {
  mkdirSync(home, { recursive: true })
  await up({ config: join(home, 'sluice.yaml') })
}
