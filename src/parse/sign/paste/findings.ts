import { denies, lacking, longestLine, properName, subject, type WriterWait } from "./writer.ts";

/** What the author of a report found out, or observed: it counts though the log beside it shows nothing of the CRNG. */

const lackingAnywhere = new RegExp(lacking, "gi");
/** What stands between two words of one sentence: a dot within a word, as of an address, does not end it. */
const within = String.raw`(?:[^.!?]|[.!?](?=\S))`;

/** "It turned out to be the lack of entropy": what a person found out, and no opinion. */
const found = new RegExp(
  String.raw`\b(?:turn(?:s|ed) out|in fact (?:it|this|that) (?:is|was|seems|comes|came)|(?:I|we) (?:found(?: out)? that|figured out|tracked (?:it|this) down|confirmed|discovered|realized|realised|understood|understand)|(?:was|were|been|be) traced|(?:root|real|actual) (?:cause|reason|problem|culprit) (?:is|was))\b${within}{0,160}?(?:${lacking}|\b(?:problem|issue|delay|hang|slowness) (?:is|was|comes|came|stems) (?:from|caused by|due to) .{0,40}?(?:\bentropy\b|\bgetrandom\b|/dev/random\b))`,
  "i",
);
const titleStart = String.raw`^(?:#{1,3} )?[^?]{0,80}`;
/** "# Low entropy causes a delayed boot", "# hangs due to a lack of entropy": what the report is about. */
const titled = [
  new RegExp(
    String.raw`${titleStart}${lacking}[^?]{0,24}\b(?:causes?|caused|delays?|delayed|blocks?|blocked|stalls?|hangs?|freezes?|slows?|prevents?|stops?|makes?)\b`,
    "i",
  ),
  new RegExp(
    String.raw`${titleStart}\b(?:delays?|delayed|blocks?|blocked|stalls?|hangs?|hung|stuck|freezes?|slow|timeouts?|fails?)\b[^?]{0,40}?\b(?:due to|because of|caused by|for|from)\b[^?]{0,12}${lacking}`,
    "i",
  ),
];
/** "libsodium times out at boot": it draws random bytes as it is loaded, and does nothing else then. */
const randomLibrary =
  /\b(?:libsodium|sodium_init)\b[^.!?]{0,40}?\b(?:times? out|timed out|hangs?|hung|blocks?|blocked|(?:is|gets) stuck|takes (?:too |very )?long)\b[^.!?]{0,40}?\b(?:boot(?:s|ing|up)?|start-?up|reboot|restart)\b/i;
/** Words of who supposes or asks. */
const supposes =
  /\b(?:think|thought|guess|suspect|assum\w{1,3}|suppos\w{1,3}|believe|probably|perhaps|maybe|possibly|likely|wonder|unrelated|ruled? out|unlikely|neither|nor|isn|wasn)\b|n['’]t\b|\?/i;

/**
 * A line that states that random bytes were what the boot waited for; null where it does not, supposes it or asks.
 * `isFirst`: it is the text's first line, which is its title.
 */
export function parseWriterFinding(text: string, isFirst: boolean): WriterWait | null {
  if (text.length > longestLine) return null;
  const stated = sentencesOf(text)
    .map(parseStatement)
    .find((one) => one !== null);
  if (stated !== undefined) return stated;
  // "Not enough" denies nothing.
  const rest = text.replace(lackingAnywhere, "");
  if (supposes.test(rest)) return null;
  // A title is no sentence.
  const mayBeTitle = text.startsWith("#") || (isFirst && !/[.!:]$/.test(text));
  const title = mayBeTitle ? firstMatch(titled, text) : null;
  if (title !== null && !denies.test(title.replace(lackingAnywhere, ""))) return { name: ownerOf(text) };
  if (denies.test(rest)) return null;
  return found.test(text) || randomLibrary.test(text) ? { name: ownerOf(text) } : null;
}

function firstMatch(patterns: readonly RegExp[], text: string): string | null {
  return patterns.map((one) => one.exec(text)?.[0]).find((match) => match !== undefined) ?? null;
}

const device = String.raw`[\x60'"“(]{0,2}(?:getrandom|getentropy|/dev/u?random|wait_for_random_bytes)\b`;
/** "being blocked on getrandom", "hang on reading from /dev/random": where a program stands. */
const standsIn = new RegExp(
  String.raw`\b(?:blocked|blocking|blocks?|stuck|hung|hangs?|hanging|waiting|waits?|stalls?|stalled)\b[^.!?,;]{0,50}?\b(?:on|in|inside|at|from|for|of|to|reading|calling|by) (?:the )?${device}`,
  "i",
);
/** "docker only started once the kernel said: crng init done": observed, and no opinion. */
const startsThen = new RegExp(
  String.raw`\b(?:only (?:starts?|started|comes? up|came up|continues?|continued|responds?|responded|works?|worked|begins?|began)(?: up)? (?:once|after|when|as soon as)|(?:does not|doesn['’]t|did not|didn['’]t|will not|won['’]t) (?:start|come up|continue|respond|work|boot)\b[^.!?]{0,24}? until)\b[^.!?]{0,60}?\b(?:c?rng (?:init|is|was)|entropy|random(?:ness)? pool)\b`,
  "i",
);
/** "the random generator causes a delay to start wpa_supplicant". */
const causesDelay = new RegExp(
  String.raw`\b(?:random(?:ness)?(?: number)? generator|c?rng|entropy pool|getrandom(?:\(\))?) (?:[a-z]{1,12} ){0,2}?(?:causing|causes|caused) (?:(?:a|the|some|long|big|huge|boot|start-?up) ){0,3}(?:delays?|hangs?|stalls?|slow-?downs?)\b(?: (?:to|in|of|for|at|when|while) (?:the )?(?:start(?:ing|up)?(?: of)? )?\x60?([\w./@+-]{2,64}))?`,
  "i",
);
/** "reading from /dev/random blocks": of this machine, and not of when it does. */
const readBlocks =
  /\breading (?:from )?\x60?\/dev\/random\x60? (?:also |just |then )?(?:blocks|hangs|is (?:blocked|stuck)|never returns|does not return)\b(?! ?(?:if|when|only|unless|until|while|by|because)\b)/i;
/** "I tracked it down to where keymaker calls RAND_status, and that call seems to block": so said, it is no opinion. */
const tracked = new RegExp(
  String.raw`\b(?:tracked|narrowed) (?:it|this|that) down to (?:where )?(?:the )?\x60?${subject}\x60? call\w{0,3} \x60?(?:RAND_\w{4,24}|getrandom|getentropy|uuid_generate)\b[^!?]{0,48}?\b(?:blocks?|blocked|hangs?|waits?|stalls?)\b`,
  "i",
);
/** "Generating entropy is very slow here, so indexer cannot start". */
const soCannotStart = new RegExp(
  String.raw`\bentropy\b[^.!?]{0,24}?\b(?:slow(?:ly)?|low|scarce|exhausted|empty|missing)\b[^.!?]{0,40}?,? so (?:that )?(?:the )?\x60?${subject}\x60?(?: (?:VM|service|daemon|server|process))? (?:cannot|can['’]t|could not|couldn['’]t|does not|doesn['’]t|did not|didn['’]t) (?:start|boot|come up)\b`,
  "i",
);
/** Said of what may be, or of when it is so in general. */
const general =
  /\b(?:if|when|whenever|while|unless|until|as long as|may|might|can|could|would|should|not|never|without|(?:tasks?|callers?|programs?|process(?:es)?|threads?|readers?) (?:that|which|who))\b/i;
/** Of what was so, the end may be said. */
const mayBe =
  /\b(?:if|whenever|unless|may|might|can|could|would|should|not|never|without|(?:tasks?|callers?|programs?|process(?:es)?|threads?|readers?) (?:that|which|who))\b/i;
const wasBlocked = /\b(?:was|were|got|been) (?:blocked|blocking|stuck|hung|hanging|waiting)\b/i;
/** Words of a condition that state none. */
const noCondition = /\beven (?:if|when|though)\b|\buntil (?:(?:its|the|a|their) [\w -]{0,24}\btime-?out\b|its$)/gi;

/** A sentence that states where a program stood, or when it went on. */
function parseStatement(text: string): WriterWait | null {
  const down = tracked.exec(text);
  if (down !== null) return { name: properName(down[1]) };
  if (supposes.test(text.replace(/\b(?:does|did|wo|ca|could)n['’]t\b/gi, ""))) return null;
  const without = soCannotStart.exec(text);
  if (without !== null) return { name: properName(without[1]) };
  const caused = causesDelay.exec(text);
  if (caused !== null) return denies.test(text) ? null : { name: properName(caused[1]) };
  if (startsThen.test(text)) return { name: ownerOf(text) };
  if (!standsIn.test(text) && !readBlocks.test(text)) return null;
  const rest = text.replace(noCondition, "");
  return (wasBlocked.test(rest) ? mayBe : general).test(rest) ? null : { name: ownerOf(text) };
}

function sentencesOf(text: string): readonly string[] {
  return text.split(/(?<=[.!?])\s+/).slice(0, mostSentences);
}

const mostSentences = 12;

/** "SSH key generation", "NetworkManager calls getrandom()": whose wait a sentence is about. */
const owners: readonly RegExp[] = [
  String.raw`\b${subject} (?:execution|process|daemon|service|server|container|key generation)\b`,
  String.raw`(?:^|(?<!\b(?:of|on|with|after)(?: (?:the|a|an|my|our|this))?)\s)\x60?${subject}\x60? (?:calls? \x60?(?:getrandom|getentropy)\b|(?:only starts?|only started|(?:does not|did not|will not) (?:start|come up)|hangs?|blocks?|freezes|(?:is|was|gets|got) (?:stuck|blocked))(?!\S))`,
  String.raw`\bcause[sd]? (?:the )?\x60?${subject}\x60? (?:[\w-]{1,20} ){0,3}to (?:wait|block|hang)\b`,
  String.raw`\b(?:freezes|stalls|delays) (?:the )?\x60?${subject}\x60?$`,
].map((source) => new RegExp(source, "i"));

function ownerOf(text: string): string | null {
  return owners.map((one) => properName(one.exec(text)?.[1])).find((name) => name !== null) ?? null;
}
