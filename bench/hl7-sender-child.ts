/** Sends 20 MB to each port in turns: `hl7-sender-child.ts HOST TIMES PORT...`; prints the middle milliseconds of each as JSON. */
import { largeMessage, median, Sender } from './hl7-sender.ts'

const [host = '', times = '', ...ports] = process.argv.slice(2)
const all = ports.map((port) => ({ sender: new Sender(Number(port), host), took: [] as number[] }))
const large = largeMessage()
for (const { sender } of all) for (let time = 0; time < 2; time++) await sender.send(large)
for (let time = 0; time < Number(times); time++) for (const { sender, took } of all) took.push(await sender.send(large))
console.log(JSON.stringify(all.map(({ took }) => median(took))))
for (const { sender } of all) sender.end()
