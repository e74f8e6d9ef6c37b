// Was beim Löschen eines Kontos wegfällt, nach den Worten der API. Auf Englisch sagt sie es selbst.
export const germanPersonalData: Record<string, string> = {
  "the account": "das Konto",
  "the profile": "das Profil",
  "answers on the way in": "Antworten zu Beginn",
  preferences: "Einstellungen",
  "which mails are wanted": "welche Mails erwünscht sind",
  "that an address takes no mails": "dass eine Adresse keine Mails annimmt",
  "packages that were opened or granted": "Pakete, die geöffnet oder freigegeben wurden",
  "sessions with the product's content": "Sitzungen mit den Inhalten des Produkts",
  "what these sessions come to, day by day": "was diese Sitzungen Tag für Tag ergeben",
  "signed-in browsers": "angemeldete Browser",
  memberships: "Mitgliedschaften",
  "organizations that were left": "verlassene Organisationen",
  "invitations that were sent to the person": "Einladungen an Sie",
  "the personal organization": "die persönliche Organisation",
};
