/** Asks the page's own server; a failure is what it said, with what to do. */
export class ServerFailure extends Error {
  readonly status: number
  readonly action: string

  constructor(status: number, message: string, action: string) {
    super(message)
    this.status = status
    this.action = action
  }
}

export async function ask<T>(path: string, body?: object): Promise<T> {
  const answer = await fetch(
    path,
    body ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {},
  ).catch(() => {
    throw new ServerFailure(0, '', '')
  })
  if (answer.status === 204) return undefined as T
  if (!answer.ok) {
    const failure = (await answer.json().catch(() => ({}))) as { message?: string; action?: string }
    throw new ServerFailure(answer.status, failure.message ?? '', failure.action ?? '')
  }
  return (await answer.json()) as T
}
