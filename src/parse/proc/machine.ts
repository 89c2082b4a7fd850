/**
 * The processor's name in /proc/cpuinfo: x86 and LoongArch `model name`, POWER `cpu`, MIPS `cpu model`, 32-bit ARM
 * `model name` or `Processor`. Null: this architecture prints numbers only (arm64, RISC-V), or the text is none.
 */
export function parseProcessorName(cpuinfo: string): string | null {
  const name = /^(?:model name|Model Name|cpu model|cpu|Processor)[ \t]*:[ \t]*(\S.*)$/m.exec(cpuinfo)?.[1];
  return name === undefined ? null : plainWords(name);
}

/** All memory that the kernel manages, from /proc/meminfo (proc_meminfo(5)), in bytes; null: it is not there. */
export function parseMemoryTotal(meminfo: string): number | null {
  const kibibytes = /^MemTotal:[ \t]*(\d{1,12}) kB$/m.exec(meminfo)?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

/**
 * When the kernel started, from /proc/stat (proc_stat(5)): by the wall clock as it is set now, less the time since
 * then. ISO 8601 in UTC; null: it is not there. `offset`: by how many seconds the reader's time namespace sets
 * CLOCK_BOOTTIME ahead, for which the kernel shows an earlier start.
 */
export function parseBootTime(stat: string, offset = 0): string | null {
  const seconds = /^btime (\d{1,11})$/m.exec(stat)?.[1];
  return seconds === undefined
    ? null
    : new Date((Number(seconds) + Math.round(offset)) * 1000).toISOString().replace(".000Z", "Z");
}

/** What vendors write where they have no name for a field. */
const fillers =
  /^(?:to be filled by o\.?e\.?m\.?|system (?:manufacturer|product name)|default string|not specified|unknown|none)$/i;

/**
 * The machine's name: of DMI's vendor and product, without the vendor where the product begins with it. Null: the
 * firmware has none.
 */
export function machineName(vendor: string, product: string): string | null {
  const [maker, model] = [vendor, product].map(plainWords).map((name) => (fillers.test(name) ? "" : name));
  if (maker === undefined || model === undefined) return null;
  const name = model.toLowerCase().startsWith(maker.toLowerCase()) ? model : `${maker} ${model}`.trim();
  return name === "" ? null : name;
}

/** One blank between words; a device tree's strings end with NUL. */
function plainWords(text: string): string {
  return text
    .split(/[\s\0]+/)
    .filter((word) => word !== "")
    .join(" ");
}
