export const differenceOf = 1
