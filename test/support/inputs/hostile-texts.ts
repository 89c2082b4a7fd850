/**
 * Texts that make a line hostile where they are in it over and over: what a prefix, a mark or a message begins with,
 * and never become one.
 */
export const hostileTexts: readonly string[] = [
  ...Array.from("[{<>:= \t9a_/~(#&|@-.,;`\"'\\é"),
  ...Array.from("\u001b\u009b\u0007"),
  "\u001b[",
  "\u001b[0",
  "\u001b]",
  "\u001b[0;",
  "[0m",
  "[<",
  "[(",
  "[ ",
  "[1",
  "[ 1.0",
  "<a",
  "<a>",
  "x<a>",
  "</",
  "&#",
  "&#0",
  "&lt;",
  "=3D",
  "> ",
  "| ",
  "a:",
  "a.b:",
  "1:",
  "-- Boot ",
  "-- ",
  "[    1.000000]",
  "[    1.000000] ",
  "'[    1.000000]",
  "[T1]",
  "(0)",
  "c0 1 ",
  "<5>",
  "I/",
  "0 0 I ",
  "1,1,1,-;",
  "\\x41",
  "kern.notice ",
  "kern  :notice: ",
  "NOTICE ",
  "host ",
  "kernel: ",
  "10:56:27 ",
  "Mar 22 18:17:17 ",
  "2020-05-18T10:56:27 ",
  "[10:56:27] ",
  '{"log":',
  '{"a":{',
  "data: ",
  "random: ",
  "Linux version 1 (",
  "random: x: uninitialized urandom read (1",
  "INFO: task ",
  "task:",
  " 0x",
  "=>",
  "CPU:0 [LOST",
  "Missed 1 kernel messages ",
];

/** Lines of one kind that a reader may be slow on. */
export interface HostileFamily {
  readonly kind: string;
  /** The line number `index`, without its end. */
  readonly line: (index: number) => string;
}

/** Nearly as long as a line is read. */
const longest = 65_000;
const ordinary = 100;
const stamp = (index: number): string => `[${(index / 1000).toFixed(6).padStart(12)}] `;
const filled = (text: string, length: number): string => text.repeat(Math.ceil(length / text.length)).slice(0, length);

/**
 * Messages, prefixes and reports that are cut off, or differ in a letter: what nearly matches is what takes longest.
 */
const nearMisses: readonly (readonly [kind: string, text: string])[] = [
  ["a message without its end", "random: crng init don"],
  ["a message with a wrong letter", "random: cmg init dome"],
  ["a warning without its end", "random: systemd: uninitialized urandom read (16 bytes rea"],
  ["a warning with names in names", "random: a: uninitialized urandom read (b: uninitialized urandom read (c"],
  ["a kernel's call without its end", "random: get_random_u64 called from f+0x1/0x2 with crng_init="],
  ["a version line without its brackets", "Linux version 6.1.0 gcc (Debian 12.2.0-14) #"],
  ["a command line of many fips=", "Kernel command line: fips=1x fips=2x fips="],
  ["a stamp without its bracket", "[    1.234567"],
  ["a stamp with five decimals", "[    1.23456] "],
  ["stamps one after another", "[    1.234567] [    1.234567] "],
  ["a date without its time", "Mar 22 18:17:1x "],
  ["an ISO date without its zone", "2020-05-18T10:56:27.123456+0x "],
  ["syslog's tags", "host kernel host kernel "],
  ["a program's tags", "host app[1]: host app[1]: "],
  ["a hung task without its end", "INFO: task systemd:1 blocked for more than 120 second"],
  ["a task's header without its state", "task:systemd stack:0 pid:1 ppid:0 flags:"],
  ["frames of a stack", " wait_for_random_bytes+0x7e/0xd0 wait_for_random_bytes+0x7e"],
  ["an open quotation", "mqueue: Unknown parameter 'x \"y `z"],
  ["nested objects", '{"MESSAGE":{"MESSAGE":'],
  ["an object of escapes", '{"MESSAGE":"\\\\\\u0041'],
  ["a trace's event", "systemd-1 [000] d..1 1.234567: wait: (wait_for_random_bytes+0x0/0x60"],
  ["a unit's words", "systemd[1]: Starting a.service - Load/Save Random Seed..."],
  ["blame's rows", "1min 2.345s systemd-random-seed.service 1min 2.345s "],
  ["strace's calls", 'getrandom("\\x01\\x02", 16, GRND_NONBLOCK) = -1 EAGAIN ('],
  ["prose about waits", "it waits for entropy at boot and waits for "],
];

/**
 * Families of hostile lines: each text over and over, as one long line and as ordinary ones, alone and after a stamp.
 */
export const hostileFamilies: readonly HostileFamily[] = [
  ...nearMisses.flatMap(([kind, text]): readonly HostileFamily[] => [
    { kind, line: (index) => `${stamp(index)}${text}` },
    { kind: `${kind}, on long lines`, line: () => filled(text, longest) },
  ]),
  ...hostileTexts.map((text): HostileFamily => ({
    kind: `${JSON.stringify(text)} on long lines`,
    line: (index) => `${stamp(index)}${filled(text, longest)}`,
  })),
  ...["\r", " ", "[", "1", ":", '"', "\\", "\u001b["].map((text): HostileFamily => ({
    kind: `${JSON.stringify(text)} on ordinary lines`,
    line: () => `random${filled(text, ordinary)}x`,
  })),
];
