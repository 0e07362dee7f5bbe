// What the plugin says of itself.

export const manifest = {
  protocol: 1,
  key: "permits",
  title: { en: "Permits", it: "Permessi" },
  description: {
    en: "Parking permits of residents, and parcels by bicycle.",
    it: "Permessi di sosta dei residenti, e pacchi in bicicletta.",
  },
  version: "1.0.0",
  licence: "EUPL-1.2",
  requires: { delivery: ">=0.1" },
  services: [
    {
      key: "permits",
      title: { en: "Parking permits", it: "Permessi di sosta" },
      description: {
        en: "The office issues permits to residents.",
        it: "L'ufficio rilascia permessi ai residenti.",
      },
      serves: ["municipality"],
      settings: [
        {
          name: "fee",
          label: { en: "Fee for a year", it: "Tariffa annua" },
          type: "decimal",
          default: "12.50",
        },
      ],
      meters: [
        {
          key: "permits.issued",
          title: { en: "Permits issued", it: "Permessi rilasciati" },
          unit: { en: "permits", it: "permessi" },
        },
      ],
      grants: [
        "marketplace.membership:read",
        "marketplace.usage:write",
        "marketplace.figures:read",
      ],
      events: ["marketplace.activation_changed"],
    },
  ],
  providers: [
    { kind: "carrier", key: "valley-bike", title: { en: "Bicycle", it: "Bicicletta" } },
  ],
  pages: [
    {
      key: "register",
      service: "permits",
      title: { en: "Register of permits", it: "Registro dei permessi" },
      path: "/pages/register",
    },
  ],
};
