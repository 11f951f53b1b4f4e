# SPDX-License-Identifier: BSD-3-Clause
# Copyright (c) 2026, the wg-dpdk contributors
"""The volume: files that are there as a whole or not at all, for their owner alone, and one writer at a time."""

import ctypes
import fcntl
import os
import stat

from .errors import Refused

LOCK = ".wg-dpdk-server.lock"
NEW = ".wg-dpdk-server.new"  # behind the name of a file that is being written
OURS = ("server", "templates", "coredns", "wg_confs")
READ_MAX = 64 << 20  # bytes of a file


class Volume:
    """Paths are relative to its root. put() notes what shall be written, commit() does it."""

    def __init__(self, root, uid=-1, gid=-1):
        self.root = root
        self.uid, self.gid = uid, gid
        self.notes = {}  # path: bytes; None: remove
        self.lock_fd = -1

    def path(self, *parts):
        return os.path.join(self.root, *parts)

    def lock(self):
        """Held as long as this process lives."""
        try:
            self.lock_fd = os.open(self.path(LOCK), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Refused(f"{self.root}: {error.strerror}; it must be a folder that can be written") from None
        try:
            fcntl.flock(self.lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Refused(f"another wg-dpdk-server uses {self.root}; stop it first, or give each a volume of its own") from None

    def unlock(self):
        os.close(self.lock_fd)

    def exists(self, path):
        return os.path.lexists(self.path(path))

    def read(self, path):
        """Text of a file; None: there is none."""
        try:
            fd = os.open(self.path(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with open(fd, encoding="utf-8") as file:
                if not stat.S_ISREG(os.fstat(fd).st_mode) or os.fstat(fd).st_size > READ_MAX:
                    raise Refused(f"{self.path(path)} is no ordinary file; take it away")
                return file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Refused(f"{self.path(path)}: {error.strerror}") from None
        except UnicodeDecodeError:
            raise Refused(f"{self.path(path)} is not text; take it away") from None

    def put(self, path, content):
        self.notes[path] = content.encode() if isinstance(content, str) else content

    def remove(self, path):
        self.notes[path] = None

    def folders(self):
        """The peers' folders."""
        with os.scandir(self.root) as entries:
            return sorted(e.name for e in entries if e.name.startswith("peer") and e.is_dir(follow_symlinks=False))

    def commit(self):
        """First all new files beside the old ones, on the disk; only then the names, in the order of the notes.
        Returns how many files were changed."""
        changes = {path: new for path, new in self.notes.items() if new is None or new != self.bytes_of(path)}
        self.notes = {}
        made = []
        try:
            for path, content in changes.items():
                self.make_folder(os.path.dirname(path), made)
                if content is not None:
                    made.append(self.path(path) + NEW)
                    self.write_new(made[-1], content)
            self.sync()
        except OSError as error:
            for path in reversed(made):
                remove_quietly(path)
            raise Refused(f"{error.filename or self.root}: {error.strerror}; nothing was changed") from None
        for path, content in changes.items():
            if content is None:
                remove_quietly(self.path(path))
            else:
                os.rename(self.path(path) + NEW, self.path(path))
        if changes:
            self.sync()
        return len(changes)

    def bytes_of(self, path):
        try:
            with open(os.open(self.path(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
                return file.read()
        except OSError:
            return None

    def make_folder(self, folder, made):
        path = self.path(folder)
        if not folder or (os.path.isdir(path) and not os.path.islink(path)):
            return
        os.mkdir(path, 0o700)
        made.append(path)
        self.own(path, 0o700)

    def write_new(self, path, content):
        # What a crash left behind may have any mode, so it is made anew.
        remove_quietly(path)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(fd, "wb") as file:
            self.own(fd, 0o600)
            file.write(content)

    def own(self, path, mode):
        os.chmod(path, mode)
        if (self.uid, self.gid) != (-1, -1):
            os.chown(path, self.uid, self.gid)

    def sync(self):
        """One for all files: a volume of 5,000 peers has 25,000."""
        fd = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        libc = ctypes.CDLL(None, use_errno=True)
        status = libc.syncfs(fd)
        os.close(fd)
        if status:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), self.root)

    def tighten(self):
        """What is there already gets its owner, and what is ours becomes its owner's alone."""
        try:
            for folder, _, files in os.walk(self.root):
                relative = os.path.relpath(folder, self.root)
                top = relative.split(os.sep)[0]
                ours = top in OURS or top.startswith("peer")
                self.set_owner(folder, 0o700 if ours else None)
                for name in files:
                    self.set_owner(os.path.join(folder, name), 0o600 if ours or name == ".donoteditthisfile" else None)
        except OSError as error:
            raise Refused(f"{error.filename}: {error.strerror}; PUID and PGID need root, or leave them out") from None

    def set_owner(self, path, mode):
        """Links are nobody's business."""
        now = os.lstat(path)
        if stat.S_ISLNK(now.st_mode):
            return
        if mode is not None and stat.S_IMODE(now.st_mode) != mode:
            os.chmod(path, mode)
        if self.uid not in (-1, now.st_uid) or self.gid not in (-1, now.st_gid):
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def remove_quietly(path):
    try:
        os.rmdir(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)
    except OSError:
        pass
