import { slowBootSeconds, type JournalSilence } from "../../core/boot-units.ts";
import { JournalSilences, silenceFields } from "../../parse/journal/journal-silences.ts";
import { managerProperties, parseUnitTimes, unitProperties } from "../../parse/systemd/unit-times.ts";
import { ChildFailed, outputOf, textOfProgram } from "../../platform/child.ts";
import { type Host, type Observation, ok, type Source, unable } from "../source.ts";
import { whyNoPrograms } from "./child-programs.ts";
import { containerOf } from "./virtualization.ts";

/** When the units of this boot started: what the waits delayed follows from it. */
export const unitTimes: Source = {
  name: "unit-times",
  reads:
    "the time stamps and the ordering of this boot's units, through systemctl show; of a slow boot also the journal",
  needs: "systemd as the first process",
  without: "what the waits delayed, and which unit a slow boot waited for",
  schedule: "on-request",
  observe,
};

/** A PID 1 that does not answer in this time is stuck: docs/ENVIRONMENT.md of systemd. By itself it is 25 s. */
const patience = "5s";

async function observe(host: Host): Promise<Observation> {
  const refusal = whyNoPrograms(host);
  if (refusal !== null) return refusal;
  if (containerOf(host.roots) !== null)
    return unable("absent", "in a container systemd's time stamps show its own start, not the boot of the kernel");
  try {
    // --all: a oneshot service that has done its work is inactive.
    const show = (properties: readonly string[], ...units: readonly string[]): Promise<string> =>
      textOfProgram(
        "systemctl",
        ["show", "--all", "--no-pager", `--property=${properties.join(",")}`, "--", ...units],
        { SYSTEMD_BUS_TIMEOUT: patience },
      );
    const times = parseUnitTimes(await show(managerProperties), await show(unitProperties, "*"));
    if (times === null) return unable("failed", "systemctl printed no time stamps");
    const { finishedAt } = times;
    const isSlow = finishedAt !== null && finishedAt >= slowBootSeconds;
    return ok({ kind: "unit-times", ...times, silences: isSlow ? await silencesUntil(finishedAt) : null });
  } catch (error) {
    if (error instanceof ChildFailed) return unable("absent", error.message);
    throw error;
  }
}

/** Where this boot's journal has no line until then; null where it cannot be read. */
async function silencesUntil(finishedAt: number): Promise<readonly JournalSilence[] | null> {
  const silences = new JournalSilences(finishedAt);
  const decoder = new TextDecoder();
  const words = ["--boot", "--output=json", "--quiet", "--no-pager", `--output-fields=${silenceFields.join(",")}`];
  try {
    for await (const chunk of outputOf("journalctl", words)) {
      silences.push(decoder.decode(chunk, { stream: true }));
      if (silences.isPast) break;
    }
    return silences.list();
  } catch (error) {
    if (error instanceof ChildFailed) return null;
    throw error;
  }
}
