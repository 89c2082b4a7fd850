/**
 * What a line must hold to be worth reading where nothing is going on. Every message of `kernel-messages.ts` holds one,
 * but those that a kernel prints only as it starts: they come right after its version line, where every line is read.
 * "q: Show" is sysrq's. A search stops at each first letter of what it looks for, so that a rare one makes it cheap: of
 * "andom" only "dom" is searched, and what is in front of it compared.
 */
const needles: readonly Needle[] = [
  needle("dom", { front: "an" }),
  needle("crng"),
  needle("Linux version"),
  needle("INFO: task"),
  needle("q: Show"),
  needle("q : Show"),
  needle("# tracer"),
  needle("Dumping ft"),
  needle("Missed "),
];

interface Needle {
  readonly whole: Buffer;
  readonly searched: Buffer;
  readonly front: Buffer;
}

function needle(searched: string, { front }: { readonly front: string } = { front: "" }): Needle {
  return { whole: Buffer.from(front + searched), searched: Buffer.from(searched), front: Buffer.from(front) };
}

const lineFeed = 0x0a;

/** A block in which another thread has searched: what `needlePlaces` returned for it. */
export interface SearchedBlock extends Buffer {
  readonly places?: readonly number[];
}

export function holdsNeedle(line: Buffer): boolean {
  return needles.some(({ whole }) => line.includes(whole));
}

/** Of each line in the block that holds a needle, the place where its first one begins, ascending. */
export function needlePlaces(block: Buffer): readonly number[] {
  const found: number[] = [];
  const next = needles.map((one) => placeOf(block, one, 0));
  for (let place = Math.min(...next); place < Infinity; place = Math.min(...next)) {
    found.push(place);
    const stop = block.indexOf(lineFeed, place);
    if (stop === -1) break;
    for (const [index, one] of needles.entries())
      if ((next[index] as number) < stop) next[index] = placeOf(block, one, stop);
  }
  return found;
}

/** The first place at or after `from` that holds the needle; infinite where none does. */
function placeOf(block: Buffer, { searched, front }: Needle, from: number): number {
  let at = block.indexOf(searched, from + front.length);
  while (at !== -1 && !front.every((byte, index) => block[at - front.length + index] === byte))
    at = block.indexOf(searched, at + 1);
  return at === -1 ? Infinity : at - front.length;
}
