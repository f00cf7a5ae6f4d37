/** The forms that Russian names take: endings of surnames and patronymics in their cases, and stems to find a given name by. */

/** at least one letter before the ending; letters as `fold` gives them */
const SURNAME = [
  /..(?:ов|ев)(?:а|у|ым|е|ой|ою|ы|ых|ыми)?$/,
  /..[бвгджзклмнпрстфхцчшщуоьаеия](?:ин|ын)(?:а|у|ым|е|ой|ою|ы|ых|ыми)?$/,
  /..(?:ск|цк)(?:ий|ого|ому|им|ом|ая|ой|ую|ою|ие|их|ими)$/,
  /..(?:енко|айко|ейко|ойко|атько|утько|дько|нько|лько|шко|чко|сько)$/,
  /..(?:чук|щук|нюк|сюк|тюк|люк|рюк|дюк|вук|рук|пук|сук|няк|ляк|цяк)(?:а|у|ом|е|и)?$/,
  /..(?:дзе|швили|иани|ава|ия)$/,
  /..(?:ян|янц|енц)(?:а|у|ом|ем|е)?$/,
  /..(?:вич|кевич|ович)(?:а|у|ем|е|и)?$/,
  /..(?:ман|берг|штейн|вальд|блат|фельд|сон|бург|ауэр|ейер)(?:а|у|ом|е)?$/,
]
/** -ия and -ава are endings of many a word, and -ский of adjectives of places: they need company */
export const looksLikeSurname = (folded: string): boolean =>
  folded.length >= 4 && STRONG.some((form) => form.test(folded))
const STRONG = SURNAME.filter((_, at) => at !== 5)
export const mayBeSurname = (folded: string): boolean => SURNAME.some((form) => form.test(folded))

const PATRONYMIC =
  /^(?:[а-я]{2,}(?:ович|евич|ьевич)|(?:иль|фом|лук|кузьм|савв|никит|фок|силы?|мин|аники|еремее|заха)ич|силыч|иваныч|петрович|[а-я]{3,}ыч)(?:а|у|ем|ом|е)?$|^(?:[а-я]{2,}(?:овн|евн|ьевн)|(?:ильин|фомин|лукин|кузьмин|саввин|никит|никитин)ичн|(?:илл?ь|фом|лук|кузьм|никит)иничн)(?:а|ы|е|у|ой|ою)$/
/** "основной", "полович", "уровня": words that only begin or end so */
const NO_PATRONYMIC =
  /^(?:основн|полов|уровн|церковн|духовн|условн|словн|кровн|верховн|грехов|любовн|дневн|плачевн|ежедневн|деревн|царевн)/

export const isPatronymic = (folded: string): boolean => PATRONYMIC.test(folded) && !NO_PATRONYMIC.test(folded)

/** given names that are met every day; others are known by their company */
const FIRST_NAMES = `
  александр алексей анатолий андрей антон аркадий артем артемий артур богдан борис вадим валентин валерий василий виктор виталий владимир
  владислав всеволод вячеслав геннадий георгий григорий давид даниил данил денис дмитрий евгений егор иван игорь илья ильдар ильяс
  ибрагим кирилл константин лев леонид магомед максим марат марк матвей михаил мурад никита николай олег павел петр радик рамиль
  расул рашид ренат ринат роман ростислав руслан рустам святослав сергей станислав степан тимофей тимур федор филипп шамиль эмиль юрий яков ярослав
  ян азамат айдар алихан арсен арсений аслан ашот гурам давут зураб карен мамед рафаэль хасан эрик
  айгуль алевтина александра алена алина алиса алла альбина алия альфия амина анастасия анжела анжелика анна антонина валентина валерия
  вера вероника виктория виолетта галина гульнара дарья диана динара ева евгения екатерина елена елизавета жанна зарема зинаида зоя зульфия инга
  инесса инна ирина ия карина кира кристина ксения лариса лейла лиана лидия лия любовь людмила мадина маргарита марина мария
  марьям мила милана надежда наталья наталия нина нинель оксана олеся ольга патимат полина раиса роза роксана рузанна руфина
  светлана снежана софия софья тамара татьяна ульяна фатима эвелина элеонора элина элла эльмира юлия юлиана яна ярослава
`

/** a stem by which all cases of a name are found */
export function stemsOf(name: string): readonly string[] {
  if (/[аяоеиуыэю]$/.test(name)) return [name.slice(0, -1)]
  if (/ия$/.test(name)) return [name.slice(0, -2)]
  if (/(?:ый|ий|ой)$/.test(name) && /(?:ск|цк|[нрлктхч])(?:ый|ий|ой)$/.test(name)) return [name.slice(0, -2)]
  if (/[йь]$/.test(name)) return /овь$/.test(name) ? [name.slice(0, -1), `${name.slice(0, -3)}в`] : [name.slice(0, -1)]
  // Павел, Лев, Орёл, Песок, Коновалец: the vowel goes when an ending comes
  const fleeting = /^(.+)[ео]([лкцв])$/.exec(name)
  if (fleeting) {
    const [, head = '', last = ''] = fleeting
    const short =
      /[лн]$/.test(head) && last === 'ц' ? `${head}ь${last}` : /[аеоия]$/.test(head) ? `${head}й${last}` : head + last
    return [name, name.endsWith('лев') && name.length > 3 ? name : name === 'лев' ? 'льв' : short]
  }
  return [name]
}

/** what may follow a stem: an ending of a case, of the other sex, of the plural */
export const ENDING =
  /^(?:а|я|у|ю|ом|ем|ым|им|е|и|ы|о|ой|ей|ою|ею|ий|ый|ая|яя|ого|его|ому|ему|ую|юю|ых|их|ыми|ими|ам|ям|ами|ями|ах|ях|ов|ев|ьев|ь|й|ия|ии|ию|ией|ья|ье|ью|ьи|ьей|ьем)?$/

const stems = new Map<string, true>()
for (const name of FIRST_NAMES.trim().split(/\s+/)) for (const stem of stemsOf(name)) stems.set(stem, true)

export function isFirstName(folded: string): boolean {
  for (let length = Math.max(2, folded.length - 3); length <= folded.length; length++)
    if (stems.has(folded.slice(0, length)) && ENDING.test(folded.slice(length))) return true
  return false
}
