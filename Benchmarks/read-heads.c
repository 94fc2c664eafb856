// Reads the first 64 bytes of each entry of an archive with libarchive: what `airworthy check` does before it decides.
// usage: read-heads ARCHIVE
#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>

int main(int count, char **arguments) {
  struct archive *archive = archive_read_new();
  struct archive_entry *entry;
  char head[64];
  long entries = 0, binaries = 0;
  int status;
  archive_read_support_format_zip(archive); // reads from the central directory, as the file can be sought in
  if (count != 2 || archive_read_open_filename(archive, arguments[1], 1 << 16) != ARCHIVE_OK) return 66;
  while ((status = archive_read_next_header(archive, &entry)) == ARCHIVE_OK) {
    la_ssize_t length = archive_read_data(archive, head, sizeof head);
    if (length < 0) return 70;
    entries += 1;
    binaries += length >= 4 && head[0] == 0x7f && head[1] == 'E' && head[2] == 'L' && head[3] == 'F';
  }
  printf("%ld entries, %ld ELF files\n", entries, binaries);
  archive_read_free(archive);
  return status == ARCHIVE_EOF ? 0 : 70;
}
