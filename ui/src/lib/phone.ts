// how a few countries write their numbers: code, then the sizes of the groups and what stands before the last one
const SHAPES: [RegExp, string][] = [
  [/^\+55(\d{2})(\d{4,5})(\d{4})$/, '+55 $1 $2-$3'],
  [/^\+1(\d{3})(\d{3})(\d{4})$/, '+1 $1 $2-$3'],
  [/^\+52(\d{2})(\d{4})(\d{4})$/, '+52 $1 $2 $3'],
  [/^\+549(\d{2})(\d{4})(\d{4})$/, '+54 9 $1 $2-$3'],
  [/^\+34(\d{3})(\d{3})(\d{3})$/, '+34 $1 $2 $3'],
  [/^\+351(\d{3})(\d{3})(\d{3})$/, '+351 $1 $2 $3'],
  [/^\+56(\d)(\d{4})(\d{4})$/, '+56 $1 $2 $3'],
  [/^\+57(\d{3})(\d{3})(\d{4})$/, '+57 $1 $2 $3'],
]

/** A stored phone (E.164) as people read it; one of another country is left as it is. */
export function showPhone(phone: string): string {
  for (const [shape, form] of SHAPES) if (shape.test(phone)) return phone.replace(shape, form)
  return phone
}
