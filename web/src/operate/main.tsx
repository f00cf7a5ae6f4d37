/** The operator's page: what goes through, right now. */
import '../kit/language.ts'
import { createRoot } from 'react-dom/client'
import { Frame } from '../kit/frame.tsx'
import { Page } from './page.tsx'

createRoot(document.getElementById('root') as HTMLElement).render(
  <Frame>
    <Page />
  </Frame>,
)
