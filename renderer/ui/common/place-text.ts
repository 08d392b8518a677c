/** Company and site on one line; a site that begins with the company's name says both. */
export function placeText(company: string | undefined, site: string | undefined, separator = ', '): string {
  if (!company || !site) return company || site || ''
  return site.startsWith(company) ? site : `${company}${separator}${site}`
}
