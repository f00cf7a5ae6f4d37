/** `npm run generate`: writes every generated file. */
import { writeFileSync } from 'node:fs'
import { generated } from './generated.ts'

for (const [file, text] of generated()) writeFileSync(file, text)
