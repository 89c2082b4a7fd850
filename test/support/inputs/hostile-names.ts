/** What processes may call themselves, and what each would do where it is taken for something else than a name. */
export const hostileNames: readonly string[] = [
  // A field, or a line, of an entry; an assignment to systemd.
  "a\nPRIORITY=0\nMESSAGE=forged\n\nMESSAGE=again",
  "<0>kernel panic\r\nSTATUS=fine",
  // A page, an attribute, a shell.
  '"><script>alert(1)</script>',
  "'; rm -rf / #`reboot`$(reboot)",
  // A terminal: colours, a title, a cleared screen, C1.
  "\u001b[31mred\u001b]0;title\u0007\u001b[2J\u009b1m",
  // Text that runs the other way, or is not seen.
  "safe\u202egpj.exe\u200b\u2028\u{e0041}",
  // Bytes that are no UTF-8, as Node decodes them; a NUL; what formats.
  Buffer.from([0x66, 0xff, 0xfe, 0xc3, 0x28]).toString(),
  "nul \0 inside",
  // What JSON has and systemd's JSON refuses; a backslash before what looks like it.
  "half \ud800 none \uffff \u{1fffe} \\u0000",
  "%s%n@CRNGWATCH_PID@ \\x41 {{}}",
  // A command line of 64 KiB.
  "0123456789abcdef".repeat(4096),
];
