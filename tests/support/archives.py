"""Archives in memory: the same files give the same bytes at any time, because no date is written."""

import gzip
import io
import tarfile
import zipfile


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as file:
        for name, content in files.items():
            file.writestr(zipfile.ZipInfo(name), content, method)  # not a name alone, which takes the present time
    return buffer.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    """A .tar.gz."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as file:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            file.addfile(member, io.BytesIO(content))
    return gzip.compress(buffer.getvalue(), mtime=0)
