const starters = /^(?:systemd|init$|procd|udev|ubus|jshn|mount|modprobe|kmod|sh$|bash$|busybox)/;

/**
 * Whether a program starts others, or nearly every boot runs it: that it read random bytes early singles it out for
 * nothing.
 */
export function isStarter(program: string): boolean {
  return starters.test(program);
}
