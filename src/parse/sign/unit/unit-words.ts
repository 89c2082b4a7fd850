/** systemd-random-seed: from 243 it waits until the CRNG is ready, before it is done. */
const seeds = /random[ -]seed|urandom-seed/i;
/** Units that make keys, and so draw random bytes that they wait for. */
const makesKeys =
  /\bkey ?gen|server key|host key|ssh-?keygen|keygen@|dhparam|generate .{0,24}(?:key|certificate|secret)|snakeoil|make-ssl-cert/i;

/** It alone, by its name or its description: others store a seed for the boot loader, or write one by a script. */
const loadsSeed = /^systemd-random-seed\.service$|^(?:\S{1,80} - )?load\/save (?:os )?random seed$/i;

/** Whether a unit of this name or description saves and credits the random seed. */
export function drawsSeed(unit: string): boolean {
  return seeds.test(unit);
}

/** Whether it is systemd's own unit of the random seed, and not one that draws a seed as well. */
export function isSystemdSeed(unit: string): boolean {
  return loadsSeed.test(unit);
}

/** Whether a unit draws random bytes by its nature, so that its failure may follow from a wait for them. */
export function drawsRandomBytes(unit: string): boolean {
  return seeds.test(unit) || makesKeys.test(unit);
}

/** A unit's description, which both lines of it have: "a.service - Description" since 250, else "Description". */
export function unitKey(text: string): string {
  const cut = text.indexOf(" - ");
  return (cut === -1 ? text : text.slice(cut + 3)).toLowerCase();
}

/** What a person looks for: the unit's own name where the line has it, else the description, which the log has. */
export function unitName(text: string): string {
  const cut = text.indexOf(" - ");
  if (cut > 0) return text.slice(0, cut);
  if (/^systemd-random-seed\.?\w{0,7}…/.test(text)) return "systemd-random-seed.service";
  return seeds.test(text) && /^(?:load\/|…\S*)save/i.test(text) ? `systemd-random-seed.service (${text})` : text;
}

/** Whether `short` is `long` as systemd shortens it in the middle on a console. */
export function isShortened(short: string, long: string): boolean {
  const cut = short.indexOf("…");
  if (cut === -1) return false;
  const [head, tail] = [short.slice(0, cut), short.slice(cut + 1)];
  return (
    tail.length > 6 &&
    long.endsWith(tail) &&
    (long.startsWith(head) || head.includes(".ser") || head.includes(".service"))
  );
}

/** Whether what a line calls a unit is the one that another line called `name`. */
export function isSameUnit(said: string, name: string): boolean {
  const [key, known] = [unitKey(said), unitKey(name)];
  if (key === known || name.startsWith(`${said} - `) || (isSystemdSeed(said) && isSystemdSeed(name))) return true;
  return isShortened(key, known) || isShortened(known, key);
}
