/** Version of the JSON that is printed; raised when a field changes its meaning or goes. */
export const VERSION = 1;
