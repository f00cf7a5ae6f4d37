/** The middle of a series, small. */
import { Box, Text } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
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
  const { t } = useTranslation()
  const [state, setState] = useState<'drawing' | 'drawn' | 'none'>('drawing')
  useEffect(() => {
    if (canvas.current)
      drawThumbnail(canvas.current, study, series, count).then(
        (isDrawn) => {
          // drawing gave the canvas a size of its own
          canvas.current?.style.setProperty('width', `${PIXELS}px`)
          canvas.current?.style.setProperty('height', `${PIXELS}px`)
          setState(isDrawn ? 'drawn' : 'none')
        },
        () => setState('none'),
      )
  }, [study, series, count])
  return (
    <Box style={{ position: 'relative', width: PIXELS, height: PIXELS }}>
      <canvas
        ref={canvas}
        width={PIXELS}
        height={PIXELS}
        aria-hidden="true"
        data-testid={state === 'drawn' ? 'thumbnail' : undefined}
        style={{ width: PIXELS, height: PIXELS, background: '#000', display: 'block', borderRadius: 4 }}
      />
      {state === 'none' && (
        <Text size="xs" c="gray.5" style={{ position: 'absolute', inset: 0, top: '42%', textAlign: 'center' }}>
          {t('noPicture')}
        </Text>
      )}
    </Box>
  )
}
