/** Programs that hand the kernel entropy from user space, by what systemd's lines call their units (Description=). */
const daemons: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/^(?:rngd|rng-tools|rng-tools-debian|rng-tools5)$|^(?:LSB: rng-tools|Hardware RNG Entropy Gatherer)\b/, "rngd"],
  [/^haveged$|^Entropy Daemon (?:based on|using) the HAVEGE algorithm/i, "haveged"],
  [/^jitterentropy(?:-rngd)?$|^Jitterentropy Gatherer Daemon/i, "jitterentropy-rngd"],
  [/^urngd$/, "urngd"],
];

/** The daemon of a program's or a unit's name, or of a unit's description; null: it is none that is known. */
export function entropyDaemonOf(text: string): string | null {
  // "rngd.service - Hardware RNG Entropy Gatherer Daemon"
  const [unit = ""] = text.split(" - ", 1);
  const name = unit.replace(/\.service$/, "");
  return daemons.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
