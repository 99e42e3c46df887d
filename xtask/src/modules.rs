//! Who imports whom inside one crate: a small resolver of Rust paths.
//!
//! A module is named by its path from the root of its crate (`analyze::planar`; the root is empty). The resolver
//! reads `use` trees, paths inside expressions that begin with `crate`, `super`, `self` or the name of a child, and
//! follows re-exports to the module that owns the item. A re-export alone (`pub use child::Item` in `mod.rs`) is no
//! import, unless the same file uses the name that it re-exports.
//!
//! It does not expand macros and does not know types: a method call is no import, and needs none.

use crate::house::House;
use crate::source::{Token, tokens};
use std::collections::{BTreeMap, BTreeSet};

/// Path of a module from the root of its crate.
pub type Path = Vec<String>;

/// An import from one module of a crate to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The module that imports.
    pub from: Path,
    /// The module that owns what is imported.
    pub to: Path,
    /// File of the import.
    pub file: String,
    /// Line of the import.
    pub line: usize,
}

/// A name brought in by `use`.
#[derive(Clone, Debug)]
struct Use {
    /// The path, absolute if `internal`.
    path: Path,
    /// The name it gets; `*` for a glob.
    name: String,
    internal: bool,
    public: bool,
    line: usize,
    /// At the top of the file, not inside a block.
    top: bool,
}

#[derive(Debug, Default)]
struct Module {
    file: String,
    defines: BTreeSet<String>,
    uses: Vec<Use>,
    /// Paths inside expressions, absolute.
    mentions: Vec<(Path, usize)>,
    /// Identifiers outside `use`, with the line of the first.
    words: BTreeMap<String, usize>,
}

/// The modules of one crate.
#[derive(Debug, Default)]
pub struct Modules {
    modules: BTreeMap<Path, Module>,
}

impl Modules {
    /// Reads the modules below a source folder such as `crates/linalg/src/`.
    pub fn read(house: &House, folder: &str) -> Self {
        let files: Vec<_> = house
            .rust()
            .filter(|(f, _)| f.path.starts_with(folder) && !house.is_test(f))
            .filter_map(|(f, s)| Some((module_path(f.path.strip_prefix(folder)?)?, f, s)))
            .collect();
        let names: BTreeSet<Path> = files.iter().map(|(path, ..)| path.clone()).collect();
        let modules = files
            .into_iter()
            .map(|(path, file, source)| {
                let mut reader = Reader::new(&path, &names, tokens(&source.library));
                reader.module.file.clone_from(&file.path);
                reader.read();
                let module = reader.module;
                (path, module)
            })
            .collect();
        Self { modules }
    }

    /// Every import between two different modules of the crate.
    pub fn imports(&self) -> Vec<Import> {
        let mut found = Vec::new();
        for (from, module) in &self.modules {
            let mut import = |to: Path, line: usize| {
                if to != *from {
                    found.push(Import { from: from.clone(), to, file: module.file.clone(), line });
                }
            };
            for used in module.uses.iter().filter(|u| u.internal) {
                let Some(to) = self.owner(&used.path, 0) else { continue };
                let re_export = used.public && used.top && to.starts_with(from);
                match (re_export, module.words.get(&used.name)) {
                    (false, _) => import(to, used.line),
                    (true, Some(&line)) => import(to, line),
                    (true, None) => {}
                }
            }
            for (path, line) in &module.mentions {
                if let Some(to) = self.owner(path, 0) {
                    import(to, *line);
                }
            }
        }
        found
    }

    /// The module that owns what an absolute path names; `None` if that is another crate.
    fn owner(&self, path: &[String], depth: usize) -> Option<Path> {
        let mut at = Path::new();
        let mut rest = path;
        while let [first, tail @ ..] = rest {
            let below: Path = at.iter().chain([first]).cloned().collect();
            if !self.modules.contains_key(&below) {
                break;
            }
            (at, rest) = (below, tail);
        }
        let [name, tail @ ..] = rest else { return Some(at) };
        let module = self.modules.get(&at)?;
        if module.defines.contains(name) || name == "*" || depth > 8 {
            return Some(at);
        }
        if let Some(used) = module.uses.iter().find(|u| u.top && u.name == *name) {
            let path: Path = used.path.iter().chain(tail).cloned().collect();
            return if used.internal { self.owner(&path, depth + 1) } else { None };
        }
        for glob in module.uses.iter().filter(|u| u.top && u.internal && u.name == "*") {
            let mut path: Path = glob.path.clone();
            path.pop();
            path.extend(rest.iter().cloned());
            if let Some(owner) = self.owner(&path, depth + 1)
                && self.modules.get(&owner).is_some_and(|m| m.defines.contains(name))
            {
                return Some(owner);
            }
        }
        Some(at)
    }
}

/// `a/mod.rs` and `a.rs` are the module `a`; `lib.rs` is the root. Programs below `bin/` are crates of their own.
fn module_path(relative: &str) -> Option<Path> {
    let stem = relative.strip_suffix(".rs")?;
    let mut path: Path = stem.split('/').map(str::to_owned).collect();
    if path.first().is_some_and(|p| p == "bin") {
        return None;
    }
    if path.last().is_some_and(|p| p == "mod") || stem == "lib" || stem == "main" {
        path.pop();
    }
    Some(path)
}

/// Reads one file, token by token.
struct Reader<'a> {
    path: &'a Path,
    names: &'a BTreeSet<Path>,
    tokens: Vec<Token>,
    at: usize,
    /// For each open brace the inline module it opens, if it does.
    braces: Vec<Option<String>>,
    module: Module,
}

impl<'a> Reader<'a> {
    fn new(path: &'a Path, names: &'a BTreeSet<Path>, tokens: Vec<Token>) -> Self {
        Self { path, names, tokens, at: 0, braces: Vec::new(), module: Module::default() }
    }

    fn text(&self, k: usize) -> &str {
        self.tokens.get(k).map_or("", |t| t.text.as_str())
    }

    fn read(&mut self) {
        while self.at < self.tokens.len() {
            let top = self.braces.is_empty();
            match self.text(self.at) {
                "use" => self.read_use(),
                "{" => self.open(None),
                "}" => {
                    self.braces.pop();
                    self.at += 1;
                }
                "mod" if self.text(self.at + 2) == "{" => {
                    let name = self.text(self.at + 1).to_owned();
                    if top {
                        self.module.defines.insert(name.clone());
                    }
                    self.at += 2;
                    self.open(Some(name));
                }
                "mod" if self.text(self.at + 2) == ";" => self.at += 3,
                "struct" | "enum" | "union" | "trait" | "fn" | "type" | "const" | "static" if top => {
                    let name = self.text(self.at + 1).to_owned();
                    self.module.defines.insert(name);
                    self.at += 2;
                }
                _ => self.read_word(),
            }
        }
    }

    fn open(&mut self, module: Option<String>) {
        self.braces.push(module);
        self.at += 1;
    }

    /// The module path here, inline modules included.
    fn scope(&self) -> Path {
        self.path.iter().chain(self.braces.iter().flatten()).cloned().collect()
    }

    /// An identifier, or the path that begins with it.
    fn read_word(&mut self) {
        let token = self.tokens[self.at].clone();
        let begins = self.at == 0 || !matches!(self.text(self.at - 1), "::" | ".");
        let mut segments = vec![token.text.clone()];
        let mut k = self.at + 1;
        while self.text(k) == "::" && self.text(k + 1).chars().all(crate::source::is_word) {
            segments.push(self.text(k + 1).to_owned());
            k += 2;
        }
        if begins
            && segments.len() > 1
            && let Some(path) = self.absolute(&segments)
        {
            self.module.mentions.push((path, token.line));
        }
        let field =
            segments.len() == 1 && (self.text(k) == ":" || self.at > 0 && self.text(self.at - 1) == ".");
        for segment in segments.into_iter().filter(|_| !field) {
            self.module.words.entry(segment).or_insert(token.line);
        }
        self.at = k;
    }

    /// The path from the root of the crate; `None` if it leads to another crate.
    fn absolute(&self, segments: &[String]) -> Option<Path> {
        let mut scope = self.scope();
        let mut rest = segments;
        match rest.first()?.as_str() {
            "crate" => (scope, rest) = (Path::new(), &rest[1..]),
            "self" => rest = &rest[1..],
            "super" => {}
            first => {
                scope.push(first.to_owned());
                let child = self.names.contains(&scope);
                scope.pop();
                if !child {
                    return None;
                }
            }
        }
        while rest.first().is_some_and(|s| s == "super") {
            scope.pop();
            rest = &rest[1..];
        }
        scope.extend(rest.iter().cloned());
        Some(scope)
    }

    fn read_use(&mut self) {
        let public = self.at > 0 && matches!(self.text(self.at - 1), "pub" | ")");
        let line = self.tokens[self.at].line;
        self.at += 1;
        self.read_tree(&Path::new(), public, line);
        while self.at < self.tokens.len() && self.text(self.at) != ";" {
            self.at += 1;
        }
        self.at += 1;
    }

    /// One branch of a `use` tree, up to its `,`, `}` or `;`.
    fn read_tree(&mut self, prefix: &Path, public: bool, line: usize) {
        let mut path = prefix.clone();
        let mut name = None;
        while self.at < self.tokens.len() {
            match self.text(self.at) {
                "::" => self.at += 1,
                "{" => {
                    self.at += 1;
                    while self.at < self.tokens.len() && self.text(self.at) != "}" {
                        self.read_tree(&path, public, line);
                        if self.text(self.at) == "," {
                            self.at += 1;
                        }
                    }
                    self.at += 1;
                    return;
                }
                "as" => {
                    name = Some(self.text(self.at + 1).to_owned());
                    self.at += 2;
                }
                "," | "}" | ";" => break,
                segment => {
                    let segment = segment.to_owned();
                    if segment != "self" || path.is_empty() {
                        path.push(segment);
                    }
                    self.at += 1;
                }
            }
        }
        let Some(last) = path.last().cloned() else { return };
        let absolute = self.absolute(&path);
        self.module.uses.push(Use {
            internal: absolute.is_some(),
            path: absolute.unwrap_or(path),
            name: name.unwrap_or(last),
            public,
            line,
            top: self.braces.is_empty(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(files: &[(&str, &str)]) -> Vec<String> {
        let house = House::of(files);
        let name = |p: &Path| if p.is_empty() { "root".to_owned() } else { p.join("::") };
        Modules::read(&house, "crates/x/src/")
            .imports()
            .iter()
            .map(|i| format!("{} -> {} line {}", name(&i.from), name(&i.to), i.line))
            .collect()
    }

    #[test]
    fn use_trees_are_expanded() {
        let found = imports(&[
            ("crates/x/src/lib.rs", "mod a;\nmod b;\nmod c;"),
            ("crates/x/src/a.rs", "use crate::{b::{self, B}, c::C as D};\nuse std::fmt;"),
            ("crates/x/src/b.rs", "pub struct B;"),
            ("crates/x/src/c.rs", "pub struct C;"),
        ]);
        assert_eq!(found, ["a -> b line 1", "a -> b line 1", "a -> c line 1"]);
    }

    #[test]
    fn re_exports_lead_to_the_owner() {
        let found = imports(&[
            ("crates/x/src/lib.rs", "mod a;\nmod b;"),
            ("crates/x/src/a/mod.rs", "mod one;\nmod two;\npub use one::One;\npub use two::*;"),
            ("crates/x/src/a/one.rs", "use super::Two;\npub struct One;"),
            ("crates/x/src/a/two.rs", "pub struct Two;"),
            ("crates/x/src/b.rs", "fn f() -> crate::a::One { todo(super::a::Two) }"),
        ]);
        assert_eq!(found, ["a::one -> a::two line 1", "b -> a::one line 1", "b -> a::two line 1"]);
    }

    #[test]
    fn a_re_export_that_its_file_uses_is_an_import() {
        let found = imports(&[
            ("crates/x/src/lib.rs", "mod a;\npub use a::A;\npub struct B(A);"),
            ("crates/x/src/a.rs", "pub struct A;"),
        ]);
        assert_eq!(found, ["root -> a line 3"]);
    }

    #[test]
    fn a_function_named_like_its_module_is_not_used_by_being_declared() {
        let found = imports(&[
            ("crates/x/src/lib.rs", "mod a;\npub use a::a;\npub struct B { a: f64 }\nfn f(b: B) { b.a }"),
            ("crates/x/src/a.rs", "pub fn a() {}"),
        ]);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn inline_modules_count_as_a_level() {
        let found = imports(&[
            ("crates/x/src/lib.rs", "mod a;\nmod b;"),
            ("crates/x/src/a.rs", "mod inner {\n use super::super::b::B;\n use super::A;\n}\nstruct A;"),
            ("crates/x/src/b.rs", "pub struct B;"),
        ]);
        assert_eq!(found, ["a -> b line 2"]);
    }

    #[test]
    fn tests_comments_strings_and_other_crates_import_nothing() {
        let found = imports(&[
            ("crates/x/src/lib.rs", "mod a;\nmod b;"),
            (
                "crates/x/src/a.rs",
                "// use crate::b::B;\nuse linalg::b::B;\nconst S: &str = \"crate::b\";\n\
                 #[cfg(test)]\nmod tests { use crate::b::B; }",
            ),
            ("crates/x/src/b.rs", "pub struct B;"),
        ]);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn an_item_of_another_crate_imported_by_the_parent_is_not_the_parents() {
        let found = imports(&[
            ("crates/x/src/lib.rs", "mod a;\nuse linalg::Matrix;\nfn f(_: Matrix) {}"),
            ("crates/x/src/a.rs", "use super::Matrix;"),
        ]);
        assert!(found.is_empty(), "{found:?}");
    }
}
