/** What stands on the picture: which image, which window, which way the patient lies, how long a centimetre is. */
import { Text } from '@mantine/core'
import type { CSSProperties } from 'react'
import { useTranslation } from 'react-i18next'
import type { Shown } from './engine.ts'

const PLACES: Readonly<Record<'top' | 'right' | 'bottom' | 'left', CSSProperties>> = {
  top: { top: 6, left: '50%', transform: 'translateX(-50%)' },
  right: { right: 10, top: '50%', transform: 'translateY(-50%)' },
  bottom: { bottom: 6, left: '50%', transform: 'translateX(-50%)' },
  left: { left: 10, top: '50%', transform: 'translateY(-50%)' },
}
const OVER: CSSProperties = { position: 'absolute', pointerEvents: 'none', textShadow: '0 0 3px #000, 0 0 2px #000' }
const BAR_PIXELS = 160

export function Overlay({ shown, count }: { readonly shown: Shown; readonly count: number }) {
  const { t } = useTranslation()
  return (
    <>
      {(['top', 'right', 'bottom', 'left'] as const).map((side) => (
        <Text
          key={side}
          c="yellow.3"
          fw={600}
          size="sm"
          style={{ ...OVER, ...PLACES[side] }}
          data-testid={`side-${side}`}
        >
          {shown.sides?.[side]}
        </Text>
      ))}
      <Text c="gray.3" size="sm" style={{ ...OVER, left: 12, bottom: 8 }}>
        {shown.index + 1} / {count} · {t('window')} {shown.centre} / {shown.width}
      </Text>
      {shown.mmPerPixel !== undefined && <ScaleBar mmPerPixel={shown.mmPerPixel} />}
    </>
  )
}

/** A round length, at most BAR_PIXELS long on the screen. */
function ScaleBar({ mmPerPixel }: { readonly mmPerPixel: number }) {
  const { t } = useTranslation()
  const most = mmPerPixel * BAR_PIXELS
  const step = 10 ** Math.floor(Math.log10(most))
  const mm = (most >= 5 * step ? 5 : most >= 2 * step ? 2 : 1) * step
  if (!Number.isFinite(mm) || mm <= 0) return null
  return (
    <div style={{ ...OVER, right: 12, bottom: 10, width: mm / mmPerPixel }} data-testid="scale-bar">
      <Text c="gray.3" size="xs" ta="center">
        {mm >= 10 ? `${mm / 10} ${t('cm')}` : `${mm} ${t('mm')}`}
      </Text>
      <div style={{ height: 6, border: '1px solid #ced4da', borderTop: 0 }} />
    </div>
  )
}
