import { expect, it } from "vitest";
import { entropyDaemonOf } from "../../../src/core/base/entropy-daemon.ts";

it.each([
  ["rngd", "rngd"],
  ["rngd.service", "rngd"],
  ["rngd.service - Hardware RNG Entropy Gatherer Daemon", "rngd"],
  ["Hardware RNG Entropy Gatherer Daemon", "rngd"],
  ["LSB: rng-tools (Debian variant)", "rngd"],
  ["haveged", "haveged"],
  ["Entropy Daemon based on the HAVEGE algorithm", "haveged"],
  ["jitterentropy.service", "jitterentropy-rngd"],
  ["urngd", "urngd"],
  ["systemd-random-seed.service", null],
  ["rngd-check", null],
  ["Wait for Hardware RNG Entropy Gatherer Daemon", null],
])("entropyDaemonOf: '%s' is of %s", (text, daemon) => {
  expect(entropyDaemonOf(text)).toBe(daemon);
});
