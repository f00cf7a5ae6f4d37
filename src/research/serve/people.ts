/** What the page asks about people beyond FHIR: the list of them, a message as it passed the gate, codes that wait. */
import type { FastifyInstance } from 'fastify'
import { Fault } from '../../base/index.ts'
import type { Archive, PersonRow } from '../archive/index.ts'
import type { MessageText, PeoplePage, PersonSummary, UnmappedCode } from './contract.ts'

const PAGE = 100
const MOST_CODES = 200

export function peopleRoutes(app: FastifyInstance, archive: Archive): void {
  app.get('/api/people', async (request): Promise<PeoplePage> => {
    const { search = '', offset = '0' } = request.query as Record<string, string | undefined>
    const from = /^\d{1,9}$/.test(offset) ? Number(offset) : 0
    const { total, people } = await archive.searchPeople({
      ...(search ? { search: search.slice(0, 100) } : {}),
      ...{ limit: PAGE, offset: from },
    })
    return { total, people: people.map(summary), ...(from + PAGE < total ? { nextOffset: from + PAGE } : {}) }
  })
  app.get('/api/unmapped', async (): Promise<readonly UnmappedCode[]> => archive.waitingCodes(MOST_CODES))
  app.get('/api/messages/:id', async (request): Promise<MessageText> => {
    const message = await archive.message((request.params as { id: string }).id)
    if (!message) throw new Fault('not-found', { what: 'message' })
    const { id, kind, message_type: messageType, received_at, text } = message
    return { id, kind: kind as MessageText['kind'], messageType, receivedAt: received_at.getTime(), text }
  })
}

const summary = (person: PersonRow): PersonSummary => ({
  ...{ pseudonym: person.patient, project: person.project, studies: person.studies, messages: person.messages },
  ...(person.sex ? { sex: person.sex } : {}),
  ...(person.replaced_by ? { replacedBy: person.replaced_by } : {}),
})
