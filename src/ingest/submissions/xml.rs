//! A form as a phone sent it: the XML of an `OpenRosa` instance, known by its `instanceID`.

use std::collections::HashSet;

use roxmltree::{Document, Node};

use super::{Form, Submissions, joined};

pub(super) fn read(text: &str) -> Option<Submissions> {
    let document = Document::parse(text.trim_start_matches('\u{FEFF}')).ok()?;
    let is_form = |node: &Node<'_, '_>| node.children().any(|child| child.has_tag_name_of("meta"));
    let root = document.root_element();
    // One form, or a folder of them put together under one root.
    let forms: Vec<Node<'_, '_>> =
        if is_form(&root) { vec![root] } else { root.children().filter(|node| is_form(node)).collect() };
    if forms.is_empty() || !root.descendants().any(|node| node.has_tag_name_of("instanceID")) {
        return None;
    }
    let mut submissions = Submissions::of("odk_xml");
    for (number, form) in (1..).zip(forms) {
        let mut row = Form::default();
        flatten(&mut row, "", form);
        submissions.take(number, row);
    }
    Some(submissions)
}

trait LocalName {
    /// Whatever the prefix: `orx:meta` is `meta`.
    fn has_tag_name_of(&self, name: &str) -> bool;
}

impl LocalName for Node<'_, '_> {
    fn has_tag_name_of(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

fn flatten(row: &mut Form, path: &str, node: Node<'_, '_>) {
    let mut seen = HashSet::new();
    let mut repeated = HashSet::new();
    for child in node.children().filter(Node::is_element) {
        if !seen.insert(child.tag_name().name()) {
            repeated.insert(child.tag_name().name());
        }
    }
    for child in node.children().filter(Node::is_element) {
        let name = child.tag_name().name();
        let path = joined(path, name);
        if repeated.contains(name) {
            row.lists.insert(path);
        } else if child.children().any(|inner| inner.is_element()) {
            flatten(row, &path, child);
        } else if let Some(text) = child.text().map(str::trim).filter(|text| !text.is_empty()) {
            // As in the file of ODK Central, where the id of a form is its key.
            row.push(if path == "meta/instanceID" { "KEY" } else { &path }, text);
        }
    }
}
