/** What is in the files of each system that is read by its lines, in all but the smallest of them. */
const marks: readonly RegExp[] = [
  // Nagios, Icinga 1, NRPE, NSClient++.
  /^[ \t]*(?:define[ \t]+\w|command\[)/m,
  /\bcheck_\w/,
  // Icinga 2.
  /^[ \t]*(?:object|apply|template|const|include)[ \t]+[\w"<]/m,
  // netdata's health.d.
  /^[ \t]*(?:alarm|template)[ \t]*:/m,
  // TICKscript, Flux, and Telegraf's TOML.
  /^[ \t]*(?:var[ \t]+\w|import[ \t]+"|option[ \t]+\w)/m,
  /\blambda:|\|>|^[ \t]*(?:stream|batch)[ \t]*$|\bfrom\([ \t]*bucket/m,
  /^[ \t]*\[\[?[\w.-]+\]/m,
  // Terraform.
  /^[ \t]*(?:resource|data|variable|module|provider|locals|terraform|output)\b[^\n]*\{/m,
  // Any of them, by what is searched for.
  /entropy/i,
];

/** Whether the text is of a system whose files are read by their lines. One without a word may be any of them. */
export function isKnownSystem(text: string): boolean {
  return marks.some((mark) => mark.test(text)) || !/^[ \t]*[^\s#;]/m.test(text);
}
