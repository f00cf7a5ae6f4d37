/** What the servers of both pages share: whose requests are answered, what goes with each answer, how sign-ins are tried. */
export { createPageServer, serveBuiltPage, type PageServerOptions } from './server.ts'
export { keepDoor, type Door, type DoorOptions } from './door.ts'
export { pushEvents, type Pushed } from './events.ts'
export { answerFailure } from './failure.ts'
export { SignIns } from './sign-ins.ts'
export { hashPassword, passwordMatches, NOBODYS_PASSWORD } from './passwords.ts'
