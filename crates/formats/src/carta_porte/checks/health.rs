//! Goods under the health authority: which sector tells what.

use super::Check;
use crate::carta_porte::document::Mercancia;

/// A field that goes with some sectors: 01 medicine, 02 precursors and dual-use chemicals, 03 psychotropics,
/// 04 toxic substances, 05 pesticides and fertilisers.
struct Rule {
    field: &'static str,
    attribute: &'static str,
    of: fn(&Mercancia) -> &Option<String>,
    sectors: &'static [&'static str],
    /// Whether only goods that are imported have it.
    imports: bool,
}

macro_rules! rules {
    ($($field:ident $attribute:literal $imports:literal [$($sector:literal),*];)*) => {
        &[$(Rule {
            field: stringify!($field),
            attribute: $attribute,
            of: |line| &line.$field,
            sectors: &[$($sector),*],
            imports: $imports,
        },)*]
    };
}

const RULES: &[Rule] = rules! {
    nombre_ingrediente_activo "NombreIngredienteActivo" false ["02", "05"];
    nom_quimico "NomQuimico" false ["02", "04"];
    denominacion_generica_prod "DenominacionGenericaProd" false ["01", "03"];
    denominacion_distintiva_prod "DenominacionDistintivaProd" false ["01", "03"];
    fabricante "Fabricante" false ["01", "02", "03"];
    fecha_caducidad "FechaCaducidad" false ["01", "02", "03"];
    lote_medicamento "LoteMedicamento" false ["01", "02", "03"];
    forma_farmaceutica "FormaFarmaceutica" false ["01", "02", "03"];
    condiciones_esp_transp "CondicionesEspTransp" false ["01", "02", "03"];
    registro_sanitario "RegistroSanitarioFolioAutorizacion" false ["01", "03"];
    permiso_importacion "PermisoImportacion" true ["01", "02", "03"];
    folio_impo_vucem "FolioImpoVUCEM" true ["01", "02", "04", "05"];
    num_cas "NumCAS" false ["04"];
    razon_social_emp_imp "RazonSocialEmpImp" true ["04"];
    num_reg_san_plag_cofepris "NumRegSanPlagCOFEPRIS" false ["05"];
    datos_fabricante "DatosFabricante" false ["05"];
    datos_formulador "DatosFormulador" false ["05"];
    datos_maquilador "DatosMaquilador" false ["05"];
    uso_autorizado "UsoAutorizado" false ["05"];
};

impl Check<'_> {
    pub(super) fn health(&mut self, line: &Mercancia, at: &str) {
        let sector = line.sector_cofepris.as_deref();
        let mut without_sector = Vec::new();
        for rule in RULES {
            let told = (rule.of)(line).is_some();
            match sector {
                Some(sector) if rule.sectors.contains(&sector) => self.wants(
                    told || rule.imports,
                    "health-incomplete",
                    &format!("{at}/sector_cofepris"),
                    &format!("SectorCOFEPRIS {sector} needs {}", rule.attribute),
                    &format!("SectorCOFEPRIS {sector} necesita {}", rule.attribute),
                ),
                Some(_) => self.wants(
                    !told,
                    "health-unexpected",
                    &format!("{at}/{}", rule.field),
                    &format!("{} does not go with this SectorCOFEPRIS", rule.attribute),
                    &format!("{} no corresponde a este SectorCOFEPRIS", rule.attribute),
                ),
                None if told => without_sector.push(rule.attribute),
                None => {}
            }
        }
        if !without_sector.is_empty() {
            let names = without_sector.join(", ");
            self.warning(
                "health-sector-missing",
                &format!("{at}/sector_cofepris"),
                format!("{names}: told without SectorCOFEPRIS"),
                format!("{names}: se indican sin SectorCOFEPRIS"),
            );
        }
    }
}
