/** Images of a series: window, scroll, zoom, measure; by mouse and by keyboard. */
import { Box, Button, Group, SegmentedControl, Slider, Text } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Empty, Failed, Loading } from '../kit/states.tsx'
import { Overlay } from './overlay.tsx'
import { openStack, type Shown, type Stack, type ToolName } from './engine.ts'
import { Undecodable } from './images.ts'

const PRESETS = [
  ['brain', 35, 90],
  ['blood', 65, 160],
  ['soft', 40, 400],
  ['bone', 500, 2000],
] as const
const TOOL_NAMES: readonly ToolName[] = ['levels', 'length', 'roi', 'zoom', 'pan']

export function Viewer({ study, series }: { readonly study: string; readonly series: string }) {
  const { t } = useTranslation()
  const element = useRef<HTMLDivElement>(null)
  const [stack, setStack] = useState<Stack>()
  const [shown, setShown] = useState<Shown>()
  const [tool, setTool] = useState<ToolName>('levels')
  const [error, setError] = useState<unknown>()
  const [isEmpty, setEmpty] = useState(false)
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    const into = element.current
    if (!into) return
    const gone = new AbortController()
    const { signal } = gone
    setStack(undefined)
    setError(undefined)
    setEmpty(false)
    setShown(undefined)
    openStack(into, study, series, { signal, onShown: setShown }).then(
      (one) => {
        if (signal.aborted) return
        setStack(one)
        setEmpty(!one)
      },
      (failure: unknown) => {
        if (!signal.aborted) setError(failure)
      },
    )
    return () => gone.abort()
  }, [study, series, attempt])
  useEffect(() => {
    if (!element.current || !stack) return
    const observer = new ResizeObserver(() => stack.resize())
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [stack])
  useEffect(() => stack?.use(tool), [stack, tool])

  const index = shown?.index ?? 0
  const failure = stack && shown?.failure
  // Hounsfield units are of CT alone
  const presets = stack?.modality === 'CT' ? PRESETS : []
  const onKey = (event: React.KeyboardEvent) => {
    const preset = presets[Number(event.key) - 1]
    if (event.key === 'ArrowDown' || event.key === 'PageDown') void stack?.step(1)
    else if (event.key === 'ArrowUp' || event.key === 'PageUp') void stack?.step(-1)
    else if (event.key === 'Home') void stack?.show(0)
    else if (event.key === 'End') void stack?.show((stack.count || 1) - 1)
    else if (preset) stack?.window(preset[1], preset[2])
    else if (event.code === 'KeyR') stack?.reset()
    else if (event.code === 'KeyI') stack?.invert()
    else return
    event.preventDefault()
  }
  return (
    <Box style={{ flex: 1, minWidth: 0, display: 'flex', flexDirection: 'column' }} onKeyDown={onKey}>
      <Group px="sm" pb="xs" gap="xs">
        <SegmentedControl
          size="xs"
          aria-label={t('tool')}
          value={tool}
          onChange={(value) => setTool(value as ToolName)}
          data={TOOL_NAMES.map((value) => ({ value, label: t(value) }))}
        />
        <Button.Group>
          {presets.map(([name, centre, width], at) => (
            <Button
              key={name}
              size="compact-sm"
              variant="default"
              title={`${centre} / ${width} · ${at + 1}`}
              onClick={() => stack?.window(centre, width)}
            >
              {t(name)}
            </Button>
          ))}
        </Button.Group>
        <Button size="compact-sm" variant="subtle" onClick={() => stack?.invert()}>
          {t('invert')}
        </Button>
        <Button size="compact-sm" variant="subtle" onClick={() => stack?.reset()}>
          {t('reset')}
        </Button>
      </Group>
      <Box style={{ position: 'relative', flex: 1, minHeight: 0, background: '#000' }}>
        <div
          ref={element}
          tabIndex={0}
          role="img"
          aria-label={`${t('images')} ${index + 1} / ${stack?.count ?? ''}`}
          data-testid="viewport"
          data-shown={shown && stack && !failure ? 'yes' : 'no'}
          style={{ position: 'absolute', inset: 0 }}
          onContextMenu={(event) => event.preventDefault()}
        />
        {error !== undefined && (
          <Box style={{ position: 'absolute', inset: 0, background: 'var(--mantine-color-body)' }}>
            <Failed error={error} onRetry={() => setAttempt(attempt + 1)} />
          </Box>
        )}
        {failure && (
          // the wheel goes through it, to the other images
          <Box
            data-testid="image-failure"
            style={{ position: 'absolute', inset: 0, background: 'var(--mantine-color-body)', pointerEvents: 'none' }}
          >
            {failure instanceof Undecodable ? (
              <Empty title={t('undecodable')} hint={t('undecodableHint')} />
            ) : (
              <Failed error={failure} onRetry={() => void stack.show(index)} />
            )}
          </Box>
        )}
        {isEmpty && (
          <Box style={{ position: 'absolute', inset: 0, background: 'var(--mantine-color-body)' }}>
            <Empty title={t('noImages')} hint={t('noImagesHint')} />
          </Box>
        )}
        {!stack && !isEmpty && error === undefined && (
          <Box style={{ position: 'absolute', inset: 0 }}>
            <Loading />
          </Box>
        )}
        {stack && shown && !failure && <Overlay shown={shown} count={stack.count} />}
      </Box>
      <Group px="sm" py={6} gap="md" wrap="nowrap">
        <Slider
          style={{ flex: 1 }}
          size="sm"
          min={1}
          max={Math.max(1, stack?.count ?? 1)}
          value={index + 1}
          onChange={(value) => void stack?.show(value - 1)}
          label={(value) => `${value} / ${stack?.count ?? ''}`}
          aria-label={t('images')}
        />
        <Text size="xs" c="dimmed" visibleFrom="md">
          {t('keys')}
        </Text>
      </Group>
    </Box>
  )
}
