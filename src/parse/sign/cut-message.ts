import { anyPattern } from "../../core/pattern/any-pattern.ts";

/** The beginning of a message that shows trouble, as far as a line holds it. */
export interface CutMessage {
  /** The row of the tables of trouble that the whole message fits. */
  readonly id: string;
  readonly begins: RegExpExecArray;
}

interface KnownBeginning {
  readonly id: string;
  /** No message but this one begins so. */
  readonly begins: RegExp;
  /** How it continues, in each wording; "#" is a number, and "…" what is in quotation marks. */
  readonly continues: readonly string[];
}

/** Messages whose rows of the tables need more of them than their first words. */
const known: readonly KnownBeginning[] = [
  { id: "panic", begins: /^Kernel panic - not sync/, continues: ["ing: "] },
  {
    id: "no-root",
    begins: /^VFS: Cannot open root dev/,
    continues: ['ice "…" or unknown-block(#,#): error -#'],
  },
  {
    id: "no-root",
    begins: /^VFS: Unable to mount root/,
    continues: [" fs on unknown-block(#,#)", " fs via NFS, trying floppy."],
  },
  { id: "no-init", begins: /^No working init/, continues: [" found."] },
  {
    id: "hung-task",
    begins: /^INFO: task (\S.{0,63}):\d{1,10}(?!\d)/,
    continues: [" blocked for more than # seconds.", " can't die for more than # seconds."],
  },
  {
    id: "soft-lockup",
    begins: /^(?:\w{0,3} )?(?:watchdog: )?BUG: soft lockup - CPU#\d{1,5} st/,
    continues: ["uck for #s!"],
  },
  {
    id: "rcu-stall",
    begins: /^(?:rcu: )?(?:INFO: )?rcu_\w{1,32} (?:self-)?detected (?:expedited )?st/,
    continues: ["all on CPU", "alls on CPUs/tasks:"],
  },
  { id: "oops", begins: /^BUG: unable to ha/, continues: ["ndle"] },
  { id: "oops", begins: /^Unable to handle ke/, continues: ["rnel"] },
  { id: "oops", begins: /^Internal error: Oo/, continues: ["ps"] },
  { id: "oops", begins: /^general protection fa/, continues: ["ult"] },
  { id: "filesystem", begins: /^EXT[234]-fs er/, continues: ["ror"] },
  { id: "disk-errors", begins: /^mmc\d{1,2}: Timeout waiting fo/, continues: ["r hardware"] },
  { id: "disk-errors", begins: /^ata\d{1,3}(?:\.\d{1,2})?: exception Em/, continues: ["ask"] },
  { id: "disk-errors", begins: /^ata\d{1,3}: COMRESET fa/, continues: ["iled"] },
  { id: "service-manager-ended", begins: /^Freezing exec/, continues: ["ution."] },
  { id: "dracut-initqueue", begins: /^(?:Warning: )?dracut-initqueue:? tim/, continues: ["eout"] },
  { id: "no-root-device", begins: /^Gave up waiting for ro/, continues: ["ot"] },
  { id: "device-timed-out", begins: /^(?:\[ ?TIME ?\] )?Timed out waiting for dev/, continues: ["ice"] },
  { id: "emergency-mode", begins: /^You are in emergency mo/, continues: ["de"] },
  { id: "emergency-mode", begins: /^Give root password for main/, continues: ["tenance"] },
  { id: "emergency-mode", begins: /^Cannot open access to console, the ro/, continues: ["ot account"] },
];

const mayBegin = anyPattern(known.map(({ begins }) => begins));

/** What a pager, journalctl or a person puts where a line goes on. */
const goesOn = / ?(?:>|…|\.{3})$/;
/** Longer than that, a line holds the words that its row needs. */
const longest = 160;

/**
 * A message that a terminal, a pager or an excerpt of so many characters cut off: the line ends within known words.
 * Null: it is none.
 */
export function cutMessage(text: string): CutMessage | null {
  if (text.length > longest || !mayBegin(text)) return null;
  const said = text.replace(goesOn, "");
  for (const { id, begins, continues } of known) {
    const match = begins.exec(said);
    if (match === null) continue;
    const rest = withoutValues(said.slice(match[0].length));
    if (continues.some((words) => words !== rest && words.startsWith(rest))) return { id, begins: match };
  }
  return null;
}

/** The words without numbers and quoted names; the last of them may be cut off as well. */
function withoutValues(text: string): string {
  return text.replace(/\d+/g, "#").replace(/"[^"]*("?)/, (_, end: string) => (end === "" ? '"' : '"…"'));
}
