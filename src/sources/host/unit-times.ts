import { managerProperties, parseUnitTimes, unitProperties } from "../../parse/systemd/unit-times.ts";
import { ChildFailed, textOfProgram } from "../../platform/child.ts";
import { type Host, type Observation, ok, type Source, unable } from "../source.ts";
import { whyNoPrograms } from "./child-programs.ts";

/** When the units of this boot started: what the waits delayed follows from it. */
export const unitTimes: Source = {
  name: "unit-times",
  reads: "the time stamps and the ordering of this boot's units, through systemctl show",
  needs: "systemd as the first process",
  without: "what the waits delayed, and which unit a slow boot waited for",
  schedule: "on-request",
  observe,
};

async function observe(host: Host): Promise<Observation> {
  const refusal = whyNoPrograms(host);
  if (refusal !== null) return refusal;
  try {
    // --all: a oneshot service that has done its work is inactive.
    const show = (properties: readonly string[], ...units: readonly string[]): Promise<string> =>
      textOfProgram("systemctl", ["show", "--all", "--no-pager", `--property=${properties.join(",")}`, "--", ...units]);
    const times = parseUnitTimes(await show(managerProperties), await show(unitProperties, "*"));
    return times === null ? unable("failed", "systemctl printed no time stamps") : ok({ kind: "unit-times", ...times });
  } catch (error) {
    if (error instanceof ChildFailed) return unable("absent", error.message);
    throw error;
  }
}
