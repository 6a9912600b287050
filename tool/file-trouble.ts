/** Why a file cannot be read or written, in words instead of the system's. */
export function fileTrouble(file: string, error: unknown): string {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ENOENT':
      return `There is no ${file}: is the path right?`;
    case 'EISDIR':
      return `${file} is a folder; expected a file.`;
    case 'EACCES':
    case 'EPERM':
      return `${file} may not be opened: who may, and by whom is this run?`;
    default:
      return `${file} cannot be used: ${error instanceof Error ? error.message : error}`;
  }
}
