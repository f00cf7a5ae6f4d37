/** The middle of a series, small. */
import { useEffect, useRef, useState } from 'react'
import { drawThumbnail } from './engine.ts'

const PIXELS = 128

export function Thumbnail({
  study,
  series,
  count,
}: {
  readonly study: string
  readonly series: string
  readonly count: number
}) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [isDrawn, setDrawn] = useState(false)
  useEffect(() => {
    // a series without pixels has no picture, and its line says what it is
    if (canvas.current)
      drawThumbnail(canvas.current, study, series, count).then(
        () => {
          // drawing gave the canvas a size of its own
          canvas.current?.style.setProperty('width', `${PIXELS}px`)
          canvas.current?.style.setProperty('height', `${PIXELS}px`)
          setDrawn(true)
        },
        () => {},
      )
  }, [study, series, count])
  return (
    <canvas
      ref={canvas}
      width={PIXELS}
      height={PIXELS}
      aria-hidden="true"
      data-testid={isDrawn ? 'thumbnail' : undefined}
      style={{ width: PIXELS, height: PIXELS, background: '#000', display: 'block', borderRadius: 4 }}
    />
  )
}
