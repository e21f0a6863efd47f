export default function NoCompanyPage() {
  return null
}
