/** The research page: sign-in, studies, a study with its images. */
import '../kit/language.ts'
import { createRoot } from 'react-dom/client'
import { Frame } from '../kit/frame.tsx'
import { Page } from './page.tsx'

createRoot(document.getElementById('root') as HTMLElement).render(
  <Frame>
    <Page />
  </Frame>,
)
