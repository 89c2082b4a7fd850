/** What the author of a report writes about a wait, beside the log in it. */

export const longestLine = 600;
export const subject = String.raw`([\w./@+-]{2,64}(?:\(\))?(?:,? (?:and|or|&) [\w./@+-]{2,64}(?:\(\))?)?)`;
const crng = String.raw`(?:the )?(?:kernel(?:'s)? )?(?:(?:c?rng|crng|random|entropy|getrandom|urandom|/dev/u?random|randomness|\d+ bits of entropy)\b)`;

/** "sfdisk waits until the CRNG is seeded", "getrandom() blocks until …", "balena starts after crng init". */
const waits = new RegExp(
  String.raw`\x60?${subject}\x60? (?:still |only |then |both |all |just )?(?:waits?|blocks?|hangs?|stalls?|is (?:waiting|blocked|stuck|hanging)|are (?:waiting|blocked|stuck)|was (?:waiting|blocked|stuck)|gets stuck|starts?|starts up|comes up|continues?) (?:up )?(?:only )?(?:for|on|until|till|after|when|in|because of|waiting for) .{0,60}?${crng}`,
  "i",
);

/** Words for something that does not wait. */
export const denies = /\b(?:not|never|no longer|n't|without|instead of|should|would|could|might|may|if|whether|why)\b/i;
const pronouns =
  /^(?:it|this|that|which|what|who|we|i|you|they|there|system|boot|the|a|an|machine|kernel|everything|process|and|but|so|then|also|to|from)$/i;
/** What a sentence on any program may be about. */
const plainNouns =
  /^(?:network(?:ing)?|services?|execution|generation|reads?|reading|calls?|command|program|application|server|daemon|init|start-?up|install(?:ation|er)|device|driver|main|first|whole|child|parent|my|our|your|its|their|each|every|any|some|other|new|keys?|entropy|random(?:ness)?|c?rng|host|until|only|still|just|and)$/i;

/** What a sentence names: a program's name, or null for a word that stands for any. */
export function properName(name: string | undefined): string | null {
  const plain = name?.replace(/[.,:]+$/, "") ?? "";
  return plain === "" || pronouns.test(plain) || plainNouns.test(plain) ? null : plain;
}

export interface WriterWait {
  readonly name: string | null;
}

/** A wait that a line of prose reports; null where it reports none. */
export function parseWriterWait(text: string): WriterWait | null {
  if (text.length > longestLine) return null;
  const match = waits.exec(text);
  if (match === null || denies.test(match[0])) return null;
  const names = (match[1] ?? "").split(/,? (?:and|or|&) /).filter((name) => properName(name) !== null);
  return { name: names[0] === undefined || /^getrandom/i.test(names[0]) ? null : names.join(", ") };
}

/** "it boots very slowly due to crng init", "stuck for minutes because of missing entropy". */
const blames = new RegExp(
  String.raw`\b(?:slow(?:ly|down|ness)?|delay(?:ed|s)?|hangs?|hung|stuck|blocked|late|long|(?:takes?|takes about|took) (?:\S{1,20} ){0,4}?(?:s|secs?|seconds|mins?|minutes))\b.{0,60}?\b(?:due to|because of|caused by|since|waiting for|waiting on)\b.{0,30}?${crng}`,
  "i",
);

/** "the crng takes too long to initialize, making sshd unusable": a complaint, not a measurement. */
const takesTooLong = new RegExp(
  String.raw`\b(?:c?rng|random number generator|entropy(?: pool)?)\b(?: [a-z]{1,16}){0,4}[\x60"'*]{0,3} (?:takes?|took|needs?|needed|is taking|requires?) (?:(?:(?:a|way|far|much|so|too|very|really) ){0,3}long\b|forever\b|ages\b|(?:about |over |up to |almost |~ ?)?[*_]{0,2}\d{1,4}[*_]{0,2} ?(?:mins?|minutes?|hours?)\b)`,
  "i",
);

/** "getrandom() blocks in my test": said of this machine, and not of when it does. */
const callBlocks =
  /\bgetrandom(?:\(\d?\))? (?:(?:system |sys)?call )?(?:also |just |then )?(?:blocks|hangs|is (?:blocked|stuck)|never returns|does not return)\b(?! ?(?:if|when|only|unless|until|while|by|because)\b)/i;

/** "entropy starvation", "because there is not enough entropy": said of a boot whose CRNG is late, it is the reason. */
export const lacking = String.raw`(?:\b(?:lack|shortage|absence) of (?:\w{1,16} )?(?:entropy|randomness)\b|\b(?:not enough|insufficient|too little|limited|low|scarce) entropy\b(?! (?:pools?|data|passwords?|strings?|values?|inputs?)\b)|\bentropy (?:starvation|shortage|exhaustion)\b|\bstarved (?:of|for) entropy\b|\b(?:random(?:ness)?|entropy|urandom)(?: \w{1,12})? pool (?:is|was) (?:still )?(?:not (?:yet )?initiali[sz]ed|(?:nearly |almost )?(?:empty|exhausted|depleted))\b)`;
const starves = new RegExp(lacking, "i");

/** A sentence that blames the CRNG for a slow boot; it names no waiter. */
export function parseWriterBlame(text: string): WriterWait | null {
  const starved = text.length > longestLine ? null : starves.exec(text);
  if (starved !== null) {
    const [before, after] = [text.slice(0, starved.index), text.slice(starved.index + starved[0].length)];
    return denies.test(before.slice(-40)) || denies.test(after.slice(0, 40)) ? null : { name: null };
  }
  const match =
    text.length > longestLine ? null : (blames.exec(text) ?? takesTooLong.exec(text) ?? callBlocks.exec(text));
  if (match === null || denies.test(text.slice(Math.max(0, match.index - 40), match.index + match[0].length)))
    return null;
  return { name: null };
}

/** "it is stuck trying to start dockerd", "I am looking at dockerd", "the stack of dockerd": whose stack follows. */
const looksAt =
  /\b(?:look(?:ed|ing)? at|(?:stack|backtrace|stack trace|strace) (?:of|for|on)|attached to|(?:stuck|blocked|hangs?|hanging) (?:while |when |on |at |in )?(?:trying to start|starting|launching|running)) (?:the )?(?:process |program |service )?\x60?([\w./@+-]{2,64})/i;

/** The program that the text in front of a stack is about; null: it names none. */
export function parseWriterSubject(text: string): string | null {
  const name = text.length > longestLine ? undefined : looksAt.exec(text)?.[1]?.replace(/[.,:]+$/, "");
  return name === undefined || name.length < 2 || pronouns.test(name) ? null : name;
}

const traces = /\bstrace (?:of|for|on) (?:the |my )?\x60?([\w./@+-]{2,64})/i;

/** The program of which a sentence says that strace runs on it; null: it names none. */
export function parseTracedSubject(text: string): string | null {
  const name = text.length > longestLine ? undefined : traces.exec(text)?.[1]?.replace(/[.,:]+$/, "");
  return name === undefined || name.length < 2 || pronouns.test(name) ? null : name;
}

/** A person marks where it hangs: "---> hangs here", "[long pause]", "<stuck for 3 minutes>". */
const stops = String.raw`(?:it |system |boot |machine |the )*(?:hangs?|hung|stuck|freezes?|stops?|stalls?|pauses?|waits?|(?:long )?(?:pause|delay|wait)|nothing)`;
const length = String.raw`(?:(?:for|of) )?(?:about |around |~ ?)?\d{1,5} ?(?:s|secs?|seconds|m|mins?|minutes)\b`;
const marks = new RegExp(
  String.raw`^(?:${stops} (?:here|at this point)\b|(?:.{0,200} )?[-=<>*#[(]{1,8} ?${stops}\b.{0,60}?(?:\bhere\b|\bat this point|${length}))`,
  "i",
);

export function isWriterMark(text: string): boolean {
  return text.length <= longestLine && marks.test(text);
}

/** "balena starts 7 minutes later": who, and how many seconds. */
const later = new RegExp(
  String.raw`${subject} (?:starts?|comes up|boots?|is (?:up|started|available|reachable)) (?:about |only |roughly |~ ?)?(\d{1,4}(?:\.\d+)?) ?(s|secs?|seconds?|m|mins?|minutes?) (?:later|late|after)`,
  "i",
);

export function parseWriterDelay(text: string): { readonly name: string; readonly seconds: number } | null {
  const match = text.length > longestLine ? null : later.exec(text);
  if (match === null) return null;
  const [, name = "", amount = "0", unit = "s"] = match;
  if (pronouns.test(name)) return null;
  return { name, seconds: Number(amount) * (unit.startsWith("m") ? 60 : 1) };
}

/** "`a.service` and `b.service` block for a long time": units or programs in back-ticks, which the report is about. */
const hangs =
  /\x60([\w@.:+-]{2,64})\x60(?:(?:, | and |, and )\x60([\w@.:+-]{2,64})\x60)? (?:blocks?|hangs?|stalls?|(?:is|are|gets?) stuck) (?:for )?(?:up to |about |around )?(?:a (?:very )?long time|(?:many |several |a few |\d{1,4} ?)?(?:tens of )?(?:s|secs?|seconds|mins?|minutes)\b|(?:during|on|at) (?:the |first |every )*(?:boot|start))/i;

export function parseWriterHang(text: string): WriterWait | null {
  const match = text.length > longestLine ? null : hangs.exec(text);
  if (match === null || denies.test(match[0])) return null;
  return {
    name: match
      .slice(1)
      .filter((name) => name !== undefined)
      .join(", "),
  };
}

/** "systemd-random-seed.service is slow, it takes 3 minutes": a unit that waits for the CRNG by its nature. */
const seedUnit =
  /\b((?:systemd-random-seed|[a-z][\w-]{0,24}-keygen)(?:\.service)?)\b[^.!?]{0,80}?\b(?:takes?|took|costs?|needs?|needed|hangs?|hung|waits?|waited|blocks?|blocked)\b[^.!?]{0,40}?(\d{1,4}(?:\.\d{1,3})?) ?(s|secs?|seconds?|m|mins?|minutes?)\b/i;

export function parseWriterSeed(text: string): { readonly name: string; readonly seconds: number } | null {
  const match = text.length > longestLine ? null : seedUnit.exec(text);
  if (match === null || denies.test(match[0])) return null;
  const [, name = "", amount = "0", unit = "s"] = match;
  return { name, seconds: Number(amount) * (unit.toLowerCase().startsWith("m") ? 60 : 1) };
}

/** A report that names a source of entropy as its cure, or says that keys and the mouse make the boot continue. */
const source = String.raw`(?:haveged|rng-?tools5?|rngd|jitterentropy(?:-rngd)?|virtio[- ]?rng|random\.trust_(?:cpu|bootloader)(?:=\w{1,4})?)`;
const cures = String.raw`(?:fix(?:es|ed)?|solv(?:es|ed)|helps?|helped|resolv(?:es|ed)|cur(?:es|ed)|makes? it (?:fast|quick)|went away|is gone|(?:boots?|starts?) (?:fast|quickly|instantly|immediately|in seconds))`;
const cure = new RegExp(
  String.raw`\b(?:install(?:ing|ed)?|add(?:ing|ed)?|with|us(?:ing|ed)|employed|after|running|enabl(?:ing|ed)) .{0,40}?\b${source}\b.{0,100}?\b${cures}\b|\b(?:fixed|solved|cured|resolved|work(?:ed|s)? around) (?:(?:it|this|that|(?:the|this|my) (?:problem|issue|hang|delay)) )?(?:by|with) .{0,40}?\b${source}\b`,
  "i",
);
/** "haveged did not help": then it was not the lack of entropy, whatever else the report says. */
const failedCure = new RegExp(
  String.raw`\b${source}[^.!?]{0,60}?(?:\b(?:did|does|do|made|makes) (?:not|no)\b|\b(?:did|does|do)n['’]t\b) (?:help|fix|solve|change|resolve|difference|make (?:a|any) difference)`,
  "i",
);

export function isFailedCure(text: string): boolean {
  return text.length <= longestLine && failedCure.test(text);
}

const handles = String.raw`(?:press(?:es|ed|ing)?|hit(?:ting)?|typ(?:e|ed|ing)|mov(?:e|ed|ing)|(?:wiggl|jiggl)(?:e|ed|ing)|mash(?:ed|ing)?|(?:plug(?:ged|ging)?|connect(?:ed|ing)?|attach(?:ed|ing)?)(?: in)?)\b .{0,24}?\b(?:keys?|keyboard|mouse|buttons?)\b`;
const continues = String.raw`(?:continues?|continued|proceeds?|resumes?|unblocks?|unlocks? (?:the )?boot|goes on|moves on|speeds? up|finishes|boots? (?:up|on|further))`;
const hands = new RegExp(
  String.raw`\b${handles}[^.!?]{0,100}?\b${continues}\b|\b${continues}\b.{0,40}?\b(?:when|if|after|once|as soon as|until) .{0,24}?\b${handles}`,
  "i",
);

/** "X does not start until a mouse is plugged in". */
const untilHands =
  /(?:^|[\s("'\x60])([\w./@+-]{2,64})\W{1,4}(?:(?:does not|doesn['’]t|did not|didn['’]t|will not|won['’]t) (?:start|come up|continue|boot|respond|work)|(?:(?:is|are|was|were|remain(?:s|ed)|stay(?:s|ed)) )?un(?:available|reachable|usable|responsive))\b[^.!?]{0,24}?\buntil\b[^.!?]{0,24}?\b(?:mouse|keyboard|keys?)\b[^.!?]{0,24}?\b(?:plugged|connected|attached|moved|pressed|hit|touched)\b/i;

/** The same in the languages of other reports. */
const foreignCures: readonly { readonly cures: RegExp; readonly denies: RegExp }[] = [
  {
    cures: new RegExp(
      String.raw`${source}[^。！？]{0,30}(?:解决|修复)|(?:安装|启用)[^。！？]{0,20}${source}[^。！？]{0,30}(?:正常|解决|修复)`,
      "iu",
    ),
    denies: /(?:无法|不能|没有|没法|未能|并未)[^。！？]{0,10}(?:解决|修复|正常)/u,
  },
  {
    cures: new RegExp(
      String.raw`${source}[^.!?]{0,40}(?:помог|реша|решил|исправ)|(?:помог|исправ|решил)[^.!?]{0,40}${source}`,
      "iu",
    ),
    denies: /(?<!\p{L})не (?:помог|реша|решил|исправ)/iu,
  },
  {
    cures: new RegExp(
      String.raw`${source}[^.!?]{0,60}\b(?:gelöst|löst|behebt|behoben|hilft|geholfen)|(?:gelöst|behoben|geholfen)[^.!?]{0,40}${source}`,
      "iu",
    ),
    denies: /\b(?:nicht|nichts|kein\w*)\b/iu,
  },
];

export function parseWriterCure(text: string): WriterWait | null {
  const until = text.length > longestLine ? null : untilHands.exec(text);
  if (until !== null) return { name: properName(until[1]) };
  const match = text.length > longestLine ? null : (cure.exec(text) ?? hands.exec(text));
  if (match === null && text.length <= longestLine && foreignCures.some((one) => one.cures.test(text)))
    return foreignCures.some((one) => one.denies.test(text)) ? null : { name: null };
  if (match === null || denies.test(text.slice(Math.max(0, match.index - 40), match.index + match[0].length)))
    return null;
  return { name: null };
}

/** The same in the languages of other reports: a word of waiting and one of randomness in one sentence. */
const foreign: readonly { readonly blames: RegExp; readonly denies: RegExp }[] = [
  {
    blames:
      /(?:ожида|жд[её]т|завис|блокиру|после\*{0,2} инициализации)[^.!?]{0,80}(?:энтропи|генератор|случайных чисел|crng|getrandom)/iu,
    denies: /(?<!\p{L})не (?:ожида|жд|завис|блокиру)/iu,
  },
  {
    blames:
      /(?:等待|卡在|卡住|阻塞)[^。！？]{0,40}(?:熵|随机数|crng|getrandom|\/dev\/u?random)|(?:熵|随机数|crng|getrandom)[^。！？]{0,40}(?:阻塞|卡住|卡死|太慢|过慢|很慢)/iu,
    denies: /(?:不会|不再|没有|不)(?:等待|卡|阻塞)/u,
  },
  {
    blames:
      /(?:wartet|hängt|blockiert|steht)\b[^.!?]{0,60}\b(?:Entropie|Zufallszahlen|crng|getrandom)|(?:fehlende[rn]?|mangelnde[rn]?|zu wenig) (?:Entropie|Zufall)/iu,
    denies: /\b(?:nicht|kein\w*|ohne)\b/iu,
  },
  {
    blames:
      /(?:attend|bloqu|patiente)[^.!?]{0,60}(?:entropie|nombres aléatoires|crng|getrandom)|manque d['’]entropie/iu,
    denies: /\b(?:ne|pas|sans)\b/iu,
  },
  {
    blames: /(?:esper|bloque|colgad)[^.!?]{0,60}(?:entropía|números aleatorios|crng|getrandom)|falta de entropía/iu,
    denies: /\b(?:no|sin)\b/iu,
  },
];

export function parseForeignBlame(text: string): WriterWait | null {
  if (text.length > longestLine) return null;
  return foreign.some((one) => one.blames.test(text) && !one.denies.test(text)) ? { name: null } : null;
}
