// UUIDs as they are written everywhere here: in lower case, as RFC 9562 wants them printed.

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const isUuid = (text: string): boolean => UUID.test(text);
