import { androidTrouble } from "./android-trouble.ts";
import { daemonTrouble } from "./daemon-trouble.ts";
import { deviceTrouble } from "./device-trouble.ts";
import { firstProgramTrouble } from "./first-program-trouble.ts";
import { hardwareTrouble } from "./hardware-trouble.ts";
import { initramfsTrouble } from "./initramfs-trouble.ts";
import { jobTrouble } from "./job-trouble.ts";
import { kernelTrouble } from "./kernel-trouble.ts";
import { networkTrouble } from "./network-trouble.ts";
import { peripheralTrouble } from "./peripheral-trouble.ts";
import { programTrouble } from "./program-trouble.ts";
import { reportPartTrouble } from "./report-part-trouble.ts";
import { selftestTrouble } from "./selftest-trouble.ts";
import { startTrouble } from "./start-trouble.ts";
import { storageTrouble } from "./storage-trouble.ts";

/** Tables of what the kernel prints. A line is compared with their rows in this order: the first that fits counts. */
export const kernelTables = {
  // A panic of a self-test is a panic, too.
  selftestTrouble,
  kernelTrouble,
  reportPartTrouble,
  deviceTrouble,
  storageTrouble,
  hardwareTrouble,
  peripheralTrouble,
};

/** The same of what programs print. A job that is stopped fits the words of one that is started as well. */
export const programTables = {
  daemonTrouble,
  firstProgramTrouble,
  startTrouble,
  jobTrouble,
  networkTrouble,
  initramfsTrouble,
  programTrouble,
  androidTrouble,
};
