/** A study: its series beside, the images of one in the middle. */
import { Anchor, Box, Group, NavLink, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask } from '../kit/server.ts'
import { Empty, Failed, Loading } from '../kit/states.tsx'
import { Thumbnail } from '../viewer/thumbnail.tsx'
import { Viewer } from '../viewer/viewer.tsx'

type DicomJson = Record<string, { Value?: unknown[] } | undefined>
const value = (json: DicomJson | undefined, key: string): string => {
  const first = json?.[key]?.Value?.[0]
  return typeof first === 'object' && first !== null
    ? String((first as { Alphabetic?: string }).Alphabetic ?? '')
    : String(first ?? '')
}

export function StudyView({ study }: { readonly study: string }) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState<string>()
  const about = useQuery({
    queryKey: ['study', study],
    queryFn: async () =>
      (await ask<DicomJson[] | undefined>(`/dicom-web/studies?StudyInstanceUID=${study}`))?.[0] ?? {},
  })
  const series = useQuery({
    queryKey: ['series', study],
    queryFn: async () => (await ask<DicomJson[] | undefined>(`/dicom-web/studies/${study}/series`)) ?? [],
  })
  const open = chosen ?? value(series.data?.[0], '0020000E')
  return (
    <Box component="main" style={{ display: 'flex', flexDirection: 'column', height: 'calc(100vh - 52px)' }}>
      <Group px="lg" py="xs" gap="lg">
        <Anchor href="#/" size="sm">
          ← {t('back')}
        </Anchor>
        <Text fw={600} ff="monospace">
          {value(about.data, '00100020')}
        </Text>
        <Text c="dimmed" size="sm">
          {value(about.data, '00080061')} · {t('imageCount', { count: Number(value(about.data, '00201208')) })}
        </Text>
      </Group>
      {series.isPending ? (
        <Loading />
      ) : series.isError ? (
        <Failed error={series.error} onRetry={() => void series.refetch()} />
      ) : series.data.length === 0 ? (
        <Empty title={t('noStudies')} />
      ) : (
        <Box style={{ display: 'flex', flex: 1, minHeight: 0 }}>
          <Box component="nav" w={210} p="xs" aria-label={t('series')} style={{ overflowY: 'auto' }} visibleFrom="sm">
            {series.data.map((one) => (
              <NavLink
                key={value(one, '0020000E')}
                component="button"
                vars={() => ({
                  root: { '--nl-bg': 'var(--mantine-color-teal-0)', '--nl-color': 'var(--mantine-color-text)' },
                  children: {},
                })}
                active={value(one, '0020000E') === open}
                onClick={() => setChosen(value(one, '0020000E'))}
                label={
                  <>
                    <Thumbnail study={study} series={value(one, '0020000E')} count={Number(value(one, '00201209'))} />
                    {`${value(one, '00080060')} ${value(one, '00200011')}`}
                  </>
                }
                description={`${t('imageCount', { count: Number(value(one, '00201209')) })} ${value(one, '00180015')}`}
              />
            ))}
          </Box>
          <Viewer study={study} series={open} />
        </Box>
      )}
    </Box>
  )
}
