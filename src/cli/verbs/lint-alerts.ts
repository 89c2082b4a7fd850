import type { JudgedThreshold, PoolBits } from "../../alerts/threshold.ts";
import { isWrong, judgeThreshold } from "../../alerts/verdict.ts";
import { type AlertConfig, TooManyRules } from "../../alerts/systems/alert-reader.ts";
import { thresholdsIn } from "../../alerts/systems/registry.ts";
import { join } from "../../platform/builtins.ts";
import { textOrNull } from "../../platform/pseudo-file.ts";
import { alertFindingsJson, alertFindingsText, type UnreadableConfig } from "../../alerts/alert-findings.ts";
import { escapeText } from "../../render/escape.ts";
import { jsonInOneLine } from "../../render/json-text.ts";
import { readAlertFile } from "../../alerts/files/alert-file.ts";
import { ConfigUnreadable } from "../../alerts/files/config-unreadable.ts";
import { complain, print } from "../print.ts";
import { printLines } from "../long-text.ts";
import type { InvocationOf } from "../options.ts";
import { CommandFailed, exit, type ExitCode } from "../verb.ts";

/**
 * `crngwatch lint-alerts`: what thresholds on `entropy_avail` do on this kernel. A file that cannot be read costs its
 * own, no other's.
 */
export async function lintAlerts(invocation: InvocationOf<"lint-alerts">): Promise<ExitCode> {
  const poolBits = poolOf(invocation);
  const configs = new Map<string, AlertConfig>();
  const unreadable: UnreadableConfig[] = [];
  for (const file of invocation.operands) {
    try {
      configs.set(file, await readAlertFile(file));
    } catch (error) {
      if (!(error instanceof ConfigUnreadable)) throw error;
      unreadable.push({ file, problem: error.message });
      const name = file === "-" ? "standard input" : `'${escapeText(file)}'`;
      complain(`Cannot read ${name}: ${escapeText(error.message)}`);
    }
  }
  const found = thresholdsOf([...configs.values()]);
  const thresholds = [...configs.keys()].flatMap((file, index): readonly JudgedThreshold[] =>
    (found[index] ?? []).map((threshold) => judgeThreshold(threshold, file, poolBits)),
  );
  const findings = { poolBits, files: configs.size, thresholds, unreadable };
  const { json, quiet } = invocation.given;
  if (json !== undefined)
    print(json === "short" ? jsonInOneLine(alertFindingsJson(findings)) : alertFindingsJson(findings));
  else if (configs.size > 0 && quiet !== true) await printLines(alertFindingsText(findings));
  if (unreadable.length > 0) return exit.failed;
  return thresholds.some(({ verdict }) => isWrong(verdict)) ? exit.wrong : exit.ok;
}

function thresholdsOf(configs: readonly AlertConfig[]): ReturnType<typeof thresholdsIn> {
  try {
    return thresholdsIn(configs);
  } catch (error) {
    if (!(error instanceof TooManyRules)) throw error;
    throw new CommandFailed(`Cannot read these files: ${error.message}`);
  }
}

/** The pool size that thresholds are compared with: what the kernel offers, never from its version. */
function poolOf({ roots, given }: InvocationOf<"lint-alerts">): PoolBits {
  const path = join(roots.proc, "sys/kernel/random/poolsize");
  const named = given.pool;
  const bits = (named ?? textOrNull(path) ?? "").trim();
  if (bits === "256") return 256;
  if (bits === "4096") return 4096;
  if (named !== undefined)
    throw new CommandFailed(
      `Unknown pool '${escapeText(named)}': expected 256 or 4096, the value of /proc/sys/kernel/random/poolsize`,
      exit.usage,
    );
  throw new CommandFailed(
    `Cannot read this kernel's pool size from '${escapeText(path)}': use --pool 256 or --pool 4096`,
  );
}
