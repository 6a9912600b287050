/** For schemas as well. */
export const UUID_PATTERN = '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$';

/** Either case is a UUID; what is read is kept in lower case. */
export const UUID = new RegExp(UUID_PATTERN);
