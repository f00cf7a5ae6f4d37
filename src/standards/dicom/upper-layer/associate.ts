/** What an A-ASSOCIATE-RQ proposes and an -AC answers, from items and back. */
import type { Fields, Item } from './items.ts'

export interface ProposedContext {
  readonly presentationContextID: number
  readonly abstractSyntaxUID: string
  readonly transferSyntaxUIDs: readonly string[]
}

export interface AnsweredContext {
  readonly presentationContextID: number
  /** 0 acceptance, 1 user rejection, 2 no reason, 3 abstract syntax, 4 transfer syntaxes not supported (PS3.8 Table 9-18) */
  readonly result: number
  readonly transferSyntaxUID: string
}

export interface Proposal {
  readonly callingAETitle: string
  readonly calledAETitle: string
  readonly contexts: readonly ProposedContext[]
  /** of a P-DATA-TF's variable field that the sender takes; 0: any (PS3.8 Annex D.1) */
  readonly maximumLength: number
}

export interface Answer {
  readonly contexts: readonly AnsweredContext[]
  readonly maximumLength: number
}

const APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1'

export function readProposal(fields: Fields): Proposal {
  return {
    callingAETitle: String(fields.callingAETitle).trim(),
    calledAETitle: String(fields.calledAETitle).trim(),
    maximumLength: maximumLength(fields),
    contexts: itemsOf(fields, 0x20).map((item) => ({
      presentationContextID: Number(item.fields.presentationContextID),
      abstractSyntaxUID: uidOf(itemsOf(item.fields, 0x30)[0], 'abstractSyntaxName'),
      transferSyntaxUIDs: itemsOf(item.fields, 0x40).map((sub) => uidOf(sub, 'transferSyntaxName')),
    })),
  }
}

export function readAnswer(fields: Fields): Answer {
  return {
    maximumLength: maximumLength(fields),
    contexts: itemsOf(fields, 0x21).map((item) => ({
      presentationContextID: Number(item.fields.presentationContextID),
      result: Number(item.fields.result),
      transferSyntaxUID: uidOf(itemsOf(item.fields, 0x40)[0], 'transferSyntaxName'),
    })),
  }
}

/** The fields of an A-ASSOCIATE-RQ, or with answered contexts of an -AC. */
export function associateFields(
  of: {
    readonly callingAETitle: string
    readonly calledAETitle: string
    readonly maximumLength: number
    readonly implementationClassUID: string
    readonly implementationVersionName: string
  },
  contexts: readonly (ProposedContext | AnsweredContext)[],
): Fields {
  const user: Item[] = [
    { type: 0x51, fields: { maximumLength: of.maximumLength } },
    { type: 0x52, fields: { implementationClassUID: of.implementationClassUID } },
    { type: 0x55, fields: { implementationVersionName: of.implementationVersionName } },
  ]
  return {
    protocolVersion: 1,
    calledAETitle: of.calledAETitle,
    callingAETitle: of.callingAETitle,
    items: [
      { type: 0x10, fields: { applicationContextName: APPLICATION_CONTEXT } },
      ...contexts.map(contextItem),
      { type: 0x50, fields: { items: user } },
    ],
  }
}

function contextItem(context: ProposedContext | AnsweredContext): Item {
  const { presentationContextID } = context
  const transfer = (uid: string): Item => ({ type: 0x40, fields: { transferSyntaxName: uid } })
  if ('result' in context)
    return {
      type: 0x21,
      fields: { presentationContextID, result: context.result, items: [transfer(context.transferSyntaxUID)] },
    }
  const abstract: Item = { type: 0x30, fields: { abstractSyntaxName: context.abstractSyntaxUID } }
  return {
    type: 0x20,
    fields: { presentationContextID, items: [abstract, ...context.transferSyntaxUIDs.map(transfer)] },
  }
}

const itemsOf = (fields: Fields, type: number): readonly Item[] =>
  ((fields.items ?? []) as readonly Item[]).filter((item) => item.type === type)
/** some pad UIDs with NUL, though PS3.8 §F says not to */
const uidOf = (item: Item | undefined, name: string): string => String(item?.fields[name] ?? '').replace(/[\0 ]+$/, '')
const maximumLength = (fields: Fields): number =>
  Number(itemsOf(itemsOf(fields, 0x50)[0]?.fields ?? {}, 0x51)[0]?.fields.maximumLength ?? 0)
