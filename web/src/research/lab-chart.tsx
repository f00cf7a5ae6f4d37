/** One analyte over time in its unified unit, with our range as a band; every point can be reached by keyboard. */
import { Paper, Text } from '@mantine/core'
import { number, type Result } from './person-data.ts'

const WIDTH = 420
const HEIGHT = 130
const LEFT = 8
const TOP = 10

export function LabChart({
  results,
  language,
  onOpen,
}: {
  readonly results: readonly Result[]
  readonly language: string
  onOpen(result: Result): void
}) {
  const points = results.flatMap((one) =>
    one.value !== undefined && one.at ? [{ one, value: one.value, at: Date.parse(one.at) }] : [],
  )
  const [first] = points
  const last = points.at(-1)
  if (!first || !last) return null
  const { low, high } = last.one
  const values = [...points.map(({ value }) => value), ...[low, high].filter((one) => one !== undefined)]
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const margin = (most - least || Math.abs(most) || 1) * 0.1
  const y = (value: number) => TOP + (HEIGHT - 2 * TOP) * (1 - (value - least + margin) / (most - least + 2 * margin))
  const x = (at: number) =>
    last.at === first.at ? WIDTH / 2 : LEFT + ((WIDTH - 2 * LEFT) * (at - first.at)) / (last.at - first.at)
  const out = (value: number) => (low !== undefined && value < low) || (high !== undefined && value > high)
  const bandTop = high === undefined ? 0 : y(high)
  const bandBottom = low === undefined ? HEIGHT : y(low)
  return (
    <Paper withBorder p="xs">
      <Text size="sm" fw={600}>
        {last.one.name}{' '}
        <Text span c="dimmed" size="xs">
          {last.one.unit}
        </Text>
      </Text>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width="100%" role="group" aria-label={last.one.name}>
        {(low !== undefined || high !== undefined) && (
          <rect
            {...{ x: 0, y: bandTop, width: WIDTH, height: Math.max(0, bandBottom - bandTop) }}
            fill="var(--mantine-color-teal-1)"
          />
        )}
        {[low, high].map((limit, at) =>
          limit === undefined ? null : (
            <text
              key={at}
              x={WIDTH - 4}
              y={y(limit) - 2}
              textAnchor="end"
              fontSize="10"
              fill="var(--mantine-color-dimmed)"
            >
              {number({ value: limit }, language)}
            </text>
          ),
        )}
        <polyline
          points={points.map(({ at, value }) => `${x(at)},${y(value)}`).join(' ')}
          fill="none"
          stroke="var(--mantine-color-teal-7)"
          strokeWidth="1.5"
        />
        {points.map(({ one, at, value }) => (
          <circle
            key={one.id}
            {...{ cx: x(at), cy: y(value), r: 4 }}
            fill={out(value) ? 'var(--mantine-color-red-7)' : 'var(--mantine-color-teal-7)'}
            tabIndex={0}
            role="button"
            aria-label={`${one.at?.slice(0, 10) ?? ''}: ${one.shown} ${one.unit}`}
            style={{ cursor: 'pointer' }}
            onClick={() => onOpen(one)}
            onKeyDown={({ key }) => key === 'Enter' && onOpen(one)}
          >
            <title>{`${one.at?.slice(0, 10) ?? ''}: ${one.shown} ${one.unit}`}</title>
          </circle>
        ))}
      </svg>
    </Paper>
  )
}
