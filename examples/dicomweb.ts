/**
 * What the archive holds, by DICOMweb alone: a line a study, with the size of its first frame.
 *   node examples/dicomweb.ts http://127.0.0.1:8080/dicom-web SECRET
 */
type Json = Record<string, { readonly Value?: readonly unknown[] } | undefined>

const [base = '', secret = ''] = process.argv.slice(2)
const get = (path: string, accept = 'application/dicom+json') =>
  fetch(`${base}/${path}`, { headers: { authorization: `Bearer ${secret}`, accept } })
const search = async (path: string): Promise<readonly Json[]> => {
  const answer = await get(path)
  if (answer.status === 204) return []
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
  return (await answer.json()) as readonly Json[]
}
const value = (json: Json | undefined, key: string): string => String(json?.[key]?.Value?.[0] ?? '')

for (const study of await search('studies?ModalitiesInStudy=CT')) {
  const uid = value(study, '0020000D')
  const [instance] = await search(`studies/${uid}/instances?limit=1`)
  const at = `studies/${uid}/series/${value(instance, '0020000E')}/instances/${value(instance, '00080018')}`
  const frame = await get(`${at}/frames/1`, 'application/octet-stream')
  const { byteLength } = await frame.arrayBuffer()
  console.log(`${value(study, '00100020')}  ${value(study, '00201208')} images  first frame ${byteLength} bytes`)
}
