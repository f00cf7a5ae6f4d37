/** Links, associations, gaps, queues, quarantine and processes, as the server last pushed them. */
import { Alert, Badge, Card, Code, Container, Grid, Group, Stack, Table, Text, Title, Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { AssociationState, LinkState, OperateSnapshot } from '../../../src/clinical/operate/contract.ts'
import { bytes, time } from '../kit/format.ts'
import { Quarantine } from './quarantine.tsx'

const SHOWN = 25

export function Flows({ snapshot }: { readonly snapshot: OperateSnapshot }) {
  const { t } = useTranslation()
  return (
    <Container size="xl" py="md" component="main">
      <Stack gap="lg">
        {snapshot.queues.spoolFull && (
          <Alert color="orange" role="alert">
            {t('spoolFull')}
          </Alert>
        )}
        <Section title={t('links')}>
          <Grid>
            {snapshot.links.map((link) => (
              <Grid.Col key={link.name} span={{ base: 12, md: 6 }}>
                <Link link={link} />
              </Grid.Col>
            ))}
          </Grid>
        </Section>
        <Section title={t('queues')}>
          <Queues queues={snapshot.queues} />
        </Section>
        <Section title={t('associations')}>
          <Associations associations={snapshot.associations.slice(0, SHOWN)} />
        </Section>
        <Grid>
          <Grid.Col span={{ base: 12, md: 4 }}>
            <Section title={t('gaps')}>
              <Gaps gaps={snapshot.gaps.slice(0, SHOWN)} />
            </Section>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 4 }}>
            <Section title={t('quarantine')}>
              <Quarantine entries={snapshot.quarantine.slice(0, SHOWN)} count={snapshot.queues.quarantined} />
            </Section>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 4 }}>
            <Section title={t('processes')}>
              <Processes processes={snapshot.processes} />
            </Section>
          </Grid.Col>
        </Grid>
      </Stack>
    </Container>
  )
}

const Section = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <section>
    <Title order={2} size="h4" mb="xs">
      {title}
    </Title>
    {children}
  </section>
)

function Link({ link }: { readonly link: LinkState }) {
  const { t, i18n } = useTranslation()
  return (
    <Card withBorder>
      <Group justify="space-between" gap="xs">
        <Text fw={600}>{link.name}</Text>
        <Group gap="xs" wrap="nowrap">
          <Badge variant="outline" color="gray.7">
            {t(`protocol-${link.protocol}`)}
          </Badge>
          <Badge
            color={link.state === 'relaying' ? 'teal' : 'red'}
            variant={link.state === 'relaying' ? 'light' : 'filled'}
          >
            {t(link.state)}
          </Badge>
        </Group>
      </Group>
      <Text size="sm" c="dimmed" ff="monospace">
        {link.listen} → {link.upstream}
      </Text>
      <Sparkline values={link.history} />
      <Group justify="space-between">
        <Figure
          label={t('rate')}
          value={`${bytes(link.bytesPerSecond, i18n.language)}/${i18n.language === 'ru' ? 'с' : 's'}`}
        />
        <Figure label={t('now')} value={String(link.associationsNow)} />
        <Figure label={t('total')} value={String(link.associationsTotal)} />
        <Figure label={t(link.messages ? 'toReceiver' : 'sent')} value={bytes(link.bytesToUpstream, i18n.language)} />
        <Figure label={t('received')} value={bytes(link.bytesToModality, i18n.language)} />
      </Group>
      {link.messages && <Messages counts={link.messages} />}
    </Card>
  )
}

/** What went by in words of its protocol; what went wrong stands out. */
function Messages({ counts }: { readonly counts: Readonly<Record<string, number>> }) {
  const { t } = useTranslation()
  const { message = 0, acknowledgement = 0, frame, ...others } = counts
  const troubles = Object.entries(others).filter(([, count]) => count > 0)
  return (
    <Group gap="xs" mt="xs">
      <Badge variant="light">{t('count-message', { count: message })}</Badge>
      <Badge variant="light">
        {t(frame === undefined ? 'count-acknowledgement' : 'count-frame', { count: frame ?? acknowledgement })}
      </Badge>
      {troubles.map(([what, count]) => (
        <Badge key={what} variant="light" color="orange">
          {t(`count-${what}`)}: {count}
        </Badge>
      ))}
    </Group>
  )
}

const Figure = ({ label, value }: { readonly label: string; readonly value: string }) => (
  <div>
    <Text size="xs" c="dimmed">
      {label}
    </Text>
    <Text fw={600}>{value}</Text>
  </div>
)

/** The last minute, a value a second. */
function Sparkline({ values }: { readonly values: readonly number[] }) {
  const most = Math.max(1, ...values)
  const points = values
    .map((value, at) => `${(60 - values.length + at) * (600 / 59)},${58 - (value / most) * 54}`)
    .join(' ')
  return (
    <svg
      viewBox="0 0 600 60"
      preserveAspectRatio="none"
      width="100%"
      height={54}
      aria-hidden="true"
      style={{ margin: '8px 0' }}
    >
      <line x1="0" y1="58" x2="600" y2="58" stroke="var(--mantine-color-default-border)" />
      <polyline
        points={points}
        fill="none"
        stroke="var(--mantine-color-teal-6)"
        strokeWidth="2"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  )
}

function Queues({ queues }: { readonly queues: OperateSnapshot['queues'] }) {
  const { t, i18n } = useTranslation()
  const figures: readonly (readonly [string, string])[] = [
    ['waiting', String(queues.waiting)],
    ['archivedCount', String(queues.archived)],
    ['notSelected', String(queues.notSelected)],
    ['quarantined', String(queues.quarantined)],
    ['conflicts', String(queues.conflicts)],
    ['spool', bytes(queues.spoolBytes, i18n.language)],
    ['free', `${Math.round(queues.freeFraction * 100)} %`],
  ]
  return (
    <Card withBorder>
      <Group justify="space-between">
        {figures.map(([key, value]) => (
          <Figure key={key} label={t(key)} value={value} />
        ))}
      </Group>
    </Card>
  )
}

function Associations({ associations }: { readonly associations: readonly AssociationState[] }) {
  const { t, i18n } = useTranslation()
  if (associations.length === 0) return <Text c="dimmed">{t('noAssociations')}</Text>
  return (
    <Table.ScrollContainer minWidth={800}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            {['when', 'from', 'to', 'sent', 'received', 'captured', 'proof'].map((key) => (
              <Table.Th key={key}>{t(key)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {associations.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td>{time(one.openedAt, i18n.language)}</Table.Td>
              <Table.Td>
                {one.callingAETitle ?? one.sender}{' '}
                <Text span c="dimmed" size="sm">
                  {one.remoteAddress}
                </Text>
              </Table.Td>
              <Table.Td>
                {one.calledAETitle ?? one.receiver}{' '}
                <Text span c="dimmed" size="sm">
                  {one.link}
                </Text>
              </Table.Td>
              <Table.Td>{one.toUpstream ? bytes(one.toUpstream.bytesIn, i18n.language) : ''}</Table.Td>
              <Table.Td>{one.toModality ? bytes(one.toModality.bytesIn, i18n.language) : ''}</Table.Td>
              <Table.Td>
                {one.messages ? `${one.captured} / ${one.messages.message ?? 0}` : one.captured}
                {one.refused ? `, ${t('refused')} ${one.refused}` : ''}
              </Table.Td>
              <Table.Td>
                <Proof association={one} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Proof({
  association: { closedAt, outcome, identical, toUpstream, toModality },
}: {
  readonly association: AssociationState
}) {
  const { t } = useTranslation()
  if (closedAt === undefined) return <Badge variant="light">{t('running')}</Badge>
  if (identical === undefined)
    return (
      <Badge color="gray" variant="light">
        {outcome === undefined || outcome === 'closed' ? t('unproved') : outcome}
      </Badge>
    )
  const hashes = (
    <Stack gap={2}>
      <Text size="xs">{t('proofHint')}</Text>
      {[toUpstream?.sha256In, toUpstream?.sha256Out, toModality?.sha256In, toModality?.sha256Out].map((hash, at) => (
        <Code key={at}>{hash}</Code>
      ))}
    </Stack>
  )
  return (
    <Tooltip label={hashes} multiline events={{ hover: true, focus: true, touch: true }}>
      <Badge tabIndex={0} color={identical ? 'teal' : 'red'} variant={identical ? 'light' : 'filled'}>
        {t(identical ? 'identical' : 'differs')} {toUpstream?.sha256Out.slice(0, 8)}
      </Badge>
    </Tooltip>
  )
}

function Gaps({ gaps }: { readonly gaps: OperateSnapshot['gaps'] }) {
  const { t, i18n } = useTranslation()
  const said = (reason: string) => t([`gap-${reason}`, 'gap-other'], { reason })
  if (gaps.length === 0) return <Text c="dimmed">{t('noGaps')}</Text>
  return (
    <Stack gap={4}>
      {gaps.map((gap) => (
        <Text key={`${gap.id} ${gap.from}`} size="sm">
          {time(gap.from, i18n.language)}–{time(gap.to, i18n.language)} · {said(gap.reason)} ·{' '}
          {bytes(gap.bytesToUpstream + gap.bytesToModality, i18n.language)}
        </Text>
      ))}
    </Stack>
  )
}

function Processes({ processes }: { readonly processes: OperateSnapshot['processes'] }) {
  const { t } = useTranslation()
  return (
    <Table verticalSpacing={2}>
      <Table.Tbody>
        {processes.map((one) => (
          <Table.Tr key={`${one.role} ${one.pid}`}>
            <Table.Td>{one.role}</Table.Td>
            <Table.Td>{t(one.state)}</Table.Td>
            <Table.Td>{one.restarts ? `${t('restarts')} ${one.restarts}` : ''}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
