//! The mast nearest to a place, of one operator or of any.

use rstar::RTree;
use rstar::primitives::GeomWithData;

use crate::model::measure::LonLat;
use crate::model::operator::{Operator, Technology};
use crate::model::site::Site;

/// Masts and cells with their index. Degrees, longitudes shortened as at the middle of them all: right for
/// finding the nearest within a province.
pub struct Sites {
    sites: Vec<Site>,
    tree: RTree<GeomWithData<[f64; 2], usize>>,
    shortened: f64,
}

impl Sites {
    #[must_use]
    pub fn new(sites: Vec<Site>) -> Self {
        let middle = sites.iter().map(|site| site.at.lat()).sum::<f64>() / sites.len().max(1) as f64;
        let shortened = middle.to_radians().cos();
        let place = |(at, site): (usize, &Site)| GeomWithData::new([site.at.lon() * shortened, site.at.lat()], at);
        let tree = RTree::bulk_load(sites.iter().enumerate().map(place).collect());
        Self { sites, tree, shortened }
    }

    #[must_use]
    pub fn all(&self) -> &[Site] {
        &self.sites
    }

    /// Of one network, each place once.
    #[must_use]
    pub fn places(&self, operator: Operator, technology: Technology) -> Vec<LonLat> {
        let own = self.sites.iter().filter(|site| (site.operator, site.technology) == (operator, technology));
        let mut places: Vec<LonLat> = own.map(|site| site.at).collect();
        places.sort_by(|a, b| a.lon().total_cmp(&b.lon()).then(a.lat().total_cmp(&b.lat())));
        places.dedup();
        places
    }

    /// With its distance in metres. `None` for the operator: any.
    #[must_use]
    pub fn nearest(&self, at: LonLat, operator: Option<Operator>) -> Option<(&Site, f64)> {
        let near = self.tree.nearest_neighbor_iter([at.lon() * self.shortened, at.lat()]);
        let mut own = near.map(|point| &self.sites[point.data]);
        let site = own.find(|site| operator.is_none_or(|asked| site.operator == asked))?;
        Some((site, site.at.distance_m(at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(operator: &str, lon: f64) -> Site {
        Site {
            operator: operator.parse().unwrap(),
            technology: Technology::Lte,
            at: LonLat::new(lon, 20.25).unwrap(),
            exact: true,
            cell: None,
            area_code: None,
            arfcn: None,
            azimuth_deg: None,
            height_m: None,
            observations: None,
            name: String::new(),
            source: String::new(),
        }
    }

    #[test]
    fn an_operator_is_told_its_own_mast_and_a_reader_of_all_the_nearest() {
        let sites = Sites::new(vec![site("viettel", 105.99), site("vnpt", 105.98)]);
        let at = LonLat::new(105.97, 20.25).unwrap();
        let name = |operator: Option<&str>| {
            let (site, metres) = sites.nearest(at, operator.map(|o| o.parse().unwrap())).unwrap();
            (site.operator.to_string(), metres.round())
        };
        assert_eq!(name(None), ("vnpt".to_owned(), 1043.0));
        assert_eq!(name(Some("viettel")), ("viettel".to_owned(), 2086.0));
        assert!(sites.nearest(at, "mobifone".parse().ok()).is_none());
        assert!(Sites::new(Vec::new()).nearest(at, None).is_none());
    }
}
