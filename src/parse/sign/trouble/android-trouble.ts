import type { Trouble } from "./trouble.ts";

/** What Android's first program prints of its services and file systems. */
export const androidTrouble: readonly Trouble[] = [
  {
    id: "android-service-crashed",
    kind: "other",
    gravity: "warns",
    by: "program",
    program: /^init$/,
    // It ends services itself by the signals 9 and 15.
    pattern:
      /^(Service '(\S{1,80})' \(pid \d{1,10}\) (?:received signal (?:[4-8]|11|31)|killed by signal (?:[4-8]|11|31))\b.*)$/,
    says: "$1",
    names: 2,
    source: "Android's system/core/init/service.cpp, Service::Reap()",
    examples: [
      "Service 'vendor.example-hal' (pid 812) received signal 6",
      "Service 'exampled' (pid 812) killed by signal 11",
    ],
    near: [
      "Service 'exampled' (pid 812) received signal 9",
      "Service 'exampled' (pid 812) received signal 15",
      "Service 'exampled' (pid 812) exited with status 0 oneshot service took 0.1 seconds in background",
    ],
  },
  {
    id: "android-partition-not-mounted",
    kind: "filesystem",
    gravity: "breaks",
    by: "program",
    program: /^(?:init|fs_mgr)$/,
    pattern:
      /^((?:\[libfs_mgr\])?(?:Cannot mount filesystem on \S{1,120} at \/(?:system|vendor|data|product|odm)\b|[Ff]s_mgr_mount_all returned an error|Failed to mount \/(?:system|vendor|data|product|odm)\b).*)$/,
    says: "$1",
    source: "Android's system/core/fs_mgr and init/builtins.cpp: nothing else can be started without these",
    examples: [
      "Cannot mount filesystem on /dev/block/mmcblk0p5 at /system",
      "fs_mgr_mount_all returned an error",
      "[libfs_mgr]Failed to mount /vendor: No such device",
    ],
    near: [
      "Cannot mount filesystem on /dev/block/mmcblk0p9 at /cache",
      "[libfs_mgr]__mount(source=/dev/block/dm-0,target=/system,type=ext4)=0",
    ],
  },
];
