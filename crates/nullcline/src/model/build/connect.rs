//! `[[connect]]` to projections.

use super::context::Context;
use super::matrices::{Axes, Body, Entry, find};
use super::matrix::matrix;
use super::per_unit::weight;
use super::population::index;
use crate::model::at::At;
use crate::model::error::{Problem, did_you_mean, unknown};
use crate::model::schema::{Connect, Convolution, LowRank};
use crate::model::source::Places;
use crate::network::{Boundary, Population, Projection, Structure, Weight};
use std::ops::Range;

/// Reads all connections: for each entry, from each source to each target.
pub(super) fn projections(
    context: &mut Context<'_>,
    connect: &[At<Connect>],
    populations: &[Population],
    matrices: &[Entry],
    places: &mut Places,
) -> Result<Vec<Projection>, Problem> {
    let mut all = Vec::new();
    for entry in connect {
        check(entry)?;
        let spiking = entry.on_pre.as_ref().map(|x| &x.span).or(entry.delay.as_ref().map(|x| &x.span));
        if let Some(span) = spiking {
            let problem = Problem::at(span.clone(), "these are rate units: they send no spikes");
            return Err(
                problem.help("give them equations and a rule: spike = { when = \"v > -50 mV\", reset = … }")
            );
        }
        let gain = entry.gain.as_ref().map_or(Ok(1.0), |g| context.number(g, "gain"))?;
        let spectral_radius = match &entry.spectral_radius {
            None => None,
            Some(r) => match context.number(r, "spectral_radius")? {
                x if x >= 0.0 => Some(x),
                x => {
                    return Err(Problem::at(r.span.clone(), format!("`spectral_radius` is {x}"))
                        .help("it is not negative"));
                }
            },
        };
        for from in &entry.from.0 {
            let pre = index(populations, from)?;
            for to in &entry.to.0 {
                let post = index(populations, to)?;
                let weight = entry.w.as_ref().map_or(Ok(Weight::Same(1.0)), |w| weight(context, w))?;
                let ends = [&populations[post], &populations[pre]];
                let structure = structure(context, entry, ends, matrices, weight)?;
                places.0.push((format!("connect {} -> {}", from.value, to.value), place(entry)));
                all.push(Projection {
                    from: pre,
                    to: post,
                    structure,
                    gain,
                    spectral_radius,
                    self_connections: entry.self_connections.unwrap_or(true),
                    stream: all.len() as u64,
                });
            }
        }
    }
    Ok(all)
}

/// The part of an entry that an error of its weights is about.
pub(super) fn place(entry: &At<Connect>) -> Range<usize> {
    let named = structures(entry).into_iter().find_map(|(_, span)| span);
    named.or(entry.w.as_ref().map(|w| w.span.clone())).unwrap_or_else(|| entry.span.clone())
}

/// The structures that an entry may give, and where it gives them.
fn structures(entry: &Connect) -> [(&'static str, Option<Range<usize>>); 8] {
    [
        ("matrix", entry.matrix.as_ref().map(|x| x.span.clone())),
        ("p", entry.p.as_ref().map(|x| x.span.clone())),
        ("in_degree", entry.in_degree.as_ref().map(|x| x.span.clone())),
        ("g", entry.g.as_ref().map(|x| x.span.clone())),
        ("kernel", entry.kernel.as_ref().map(|x| x.span.clone())),
        ("one_to_one", entry.one_to_one.as_ref().filter(|x| x.value).map(|x| x.span.clone())),
        ("convolution", entry.convolution.as_ref().map(|x| x.span.clone())),
        ("low_rank", entry.low_rank.as_ref().map(|x| x.span.clone())),
    ]
}

/// One structure, and only the keys that belong to it.
pub(super) fn check(entry: &Connect) -> Result<(), Problem> {
    let given: Vec<(&str, Range<usize>)> =
        structures(entry).into_iter().filter_map(|(name, span)| span.map(|s| (name, s))).collect();
    if let [(first, a), (second, b), ..] = given.as_slice() {
        let problem = Problem::at(
            b.clone(),
            format!("these connections have two structures: `{first}` and `{second}`"),
        );
        return Err(problem
            .also(a.clone(), "the first")
            .help("keep one of them, or write two [[connect]] entries"));
    }
    let structure = given.first().map(|(name, _)| *name);
    if let (Some(w), Some(name)) =
        (&entry.w, structure.filter(|s| !["p", "in_degree", "one_to_one"].contains(s)))
    {
        let problem =
            Problem::at(w.span.clone(), format!("`w` has no place beside `{name}`, which gives the weights"));
        return Err(problem.help("scale them by `gain`"));
    }
    let spatial = [
        ("coordinate", entry.coordinate.as_ref().map(|x| &x.span), structure == Some("kernel")),
        ("cutoff", entry.cutoff.as_ref().map(|x| &x.span), structure == Some("kernel")),
        ("period", entry.period.as_ref().map(|x| &x.span), structure == Some("kernel")),
        (
            "boundary",
            entry.boundary.as_ref().map(|x| &x.span),
            structure == Some("kernel") || structure == Some("convolution"),
        ),
    ];
    match spatial.into_iter().find(|(_, span, fits)| span.is_some() && !fits) {
        Some((key, Some(span), _)) => {
            let problem = Problem::at(span.clone(), format!("`{key}` belongs to connections by distance"));
            Err(problem.help("add `kernel = \"exp(-d^2/(2*0.3^2))\"`"))
        }
        _ => Ok(()),
    }
}

/// The structure of an entry between a target and a source, with the weights where it leaves them open.
pub(super) fn structure(
    context: &mut Context<'_>,
    entry: &At<Connect>,
    [post, pre]: [&Population; 2],
    matrices: &[Entry],
    weight: Weight,
) -> Result<Structure, Problem> {
    if let Some(name) = &entry.matrix {
        return from_matrix(context, name, post, pre, matrices);
    }
    if let Some(p) = &entry.p {
        let value = context.number(p, "p")?;
        if !(0.0..=1.0).contains(&value) {
            return Err(Problem::at(p.span.clone(), format!("`p` is {value}"))
                .help("a probability lies between 0 and 1"));
        }
        return Ok(Structure::Probability { p: value, weight });
    }
    if let Some(k) = &entry.in_degree {
        let loops = pre.name == post.name && !entry.self_connections.unwrap_or(true);
        let most = pre.n - usize::from(loops);
        return match usize::try_from(k.value) {
            Ok(degree) if degree <= most => Ok(Structure::FixedInDegree { k: degree, weight }),
            _ => {
                let message = format!(
                    "`in_degree` is {}, and `{}` has {most} sources to choose from",
                    k.value, pre.name
                );
                Err(Problem::at(k.span.clone(), message).help("sources are chosen without repetition"))
            }
        };
    }
    if let Some(g) = &entry.g {
        return Ok(Structure::Gaussian { g: context.number(g, "g")? });
    }
    if let Some(text) = &entry.kernel {
        return kernel(context, entry, text, post, pre);
    }
    if let Some(at) = entry.one_to_one.as_ref().filter(|x| x.value) {
        if post.n != pre.n {
            let message = format!("`{}` has {} units and `{}` {}", pre.name, pre.n, post.name, post.n);
            return Err(
                Problem::at(at.span.clone(), message).help("one to one needs populations of equal size")
            );
        }
        return Ok(Structure::OneToOne { weight });
    }
    if let Some(convolution) = &entry.convolution {
        return convolve(context, entry, convolution, post, pre);
    }
    if let Some(low_rank) = &entry.low_rank {
        let LowRank { left, right } = &low_rank.value;
        let (l, r) = (matrix(context, left, "left")?, matrix(context, right, "right")?);
        for (m, n, at, what) in [(&l, post.n, left, "left"), (&r, pre.n, right, "right")] {
            if m.rows() != n {
                let message = format!("`{what}` is {} x {}, and there are {n} units", m.rows(), m.cols());
                return Err(Problem::at(at.span.clone(), message)
                    .help("one row for each unit, one column for each rank"));
            }
        }
        if l.cols() != r.cols() {
            let message = format!("`left` has {} columns and `right` {}", l.cols(), r.cols());
            return Err(
                Problem::at(low_rank.span.clone(), message).help("both have one column for each rank")
            );
        }
        return Ok(Structure::LowRank { left: l, right: r });
    }
    Ok(Structure::AllToAll { weight })
}

fn from_matrix(
    context: &mut Context<'_>,
    name: &At<String>,
    post: &Population,
    pre: &Population,
    matrices: &[Entry],
) -> Result<Structure, Problem> {
    let entry = find(matrices, name, &name.span)?;
    if entry.axes != Axes::PostPre {
        let problem = Problem::at(
            name.span.clone(),
            format!("`{}` belongs to an input, not to connections", name.value),
        );
        return Err(problem
            .also(entry.span.clone(), "its axes are post and input")
            .help("give it axes = [\"post\", \"pre\"]"));
    }
    if let Some((rows, cols)) = entry.shape()
        && (rows, cols) != (post.n, pre.n)
    {
        let message = format!(
            "`{}` is {rows} x {cols}, and there are {} targets in `{}` and {} sources in `{}`",
            name.value, post.n, post.name, pre.n, pre.name
        );
        let help = if (cols, rows) == (post.n, pre.n) {
            "its transpose would fit: are its axes the other way round?"
        } else {
            "rows are targets, columns sources (after `axes`)"
        };
        return Err(Problem::at(name.span.clone(), message)
            .also(entry.span.clone(), "this matrix")
            .help(help));
    }
    match &entry.body {
        Body::Dense(m) => Ok(Structure::Matrix(m.clone())),
        Body::Edges(m, _) => Ok(Structure::Sparse(m.clone())),
        Body::Rule(rule) => {
            let sizes = [("n", post.n as f64), ("m", pre.n as f64)];
            let names = names_of_pair(post, pre);
            let known: Vec<&str> =
                ["n", "m", "i", "j"].into_iter().chain(names.iter().map(String::as_str)).collect();
            let formula = context.formula(rule, &known)?.substitute(&sizes);
            let boundary = Boundary::Open;
            Ok(Structure::Kernel { formula, coordinate: None, boundary, cutoff: None })
        }
    }
}

/// `X_post` and `X_pre` for the coordinates of both ends.
fn names_of_pair(post: &Population, pre: &Population) -> Vec<String> {
    let of = |p: &Population, end: &str| {
        p.coordinates.iter().map(|(k, _)| format!("{k}_{end}")).collect::<Vec<_>>()
    };
    of(post, "post").into_iter().chain(of(pre, "pre")).collect()
}

fn boundary_word(entry: &Connect) -> Result<bool, Problem> {
    match entry.boundary.as_ref().map(|b| (b.as_str(), b)) {
        None | Some(("open", _)) => Ok(false),
        Some(("periodic", _)) => Ok(true),
        Some((word, at)) => {
            let problem = Problem::at(at.span.clone(), format!("`{word}` is not a boundary"));
            Err(problem.help(did_you_mean(word, ["open", "periodic"])))
        }
    }
}

fn kernel(
    context: &mut Context<'_>,
    entry: &At<Connect>,
    text: &At<String>,
    post: &Population,
    pre: &Population,
) -> Result<Structure, Problem> {
    let names = names_of_pair(post, pre);
    let known: Vec<&str> = ["d", "i", "j", "n"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let formula = context.formula(text, &known)?;
    let shared: Vec<&str> = pre
        .coordinates
        .iter()
        .map(|(k, _)| k.as_str())
        .filter(|k| post.coordinates.iter().any(|(other, _)| other == k))
        .collect();
    let cutoff = match &entry.cutoff {
        None => None,
        Some(c) => match context.quantity(c)?.0 {
            x if x > 0.0 => Some(x),
            _ => return Err(Problem::at(c.span.clone(), "`cutoff` is not positive")),
        },
    };
    let needed = formula.uses("d") || cutoff.is_some();
    let coordinate = match (&entry.coordinate, shared.as_slice()) {
        (Some(name), _) if shared.contains(&name.as_str()) => Some(name.value.clone()),
        (Some(name), _) => return Err(unknown("common coordinate", name, name.span.clone(), &shared)),
        (None, _) if !needed => None,
        (None, [only]) => Some((*only).to_owned()),
        (None, []) => {
            let problem = Problem::at(
                text.span.clone(),
                "this kernel needs a distance, and the units have no coordinate",
            );
            return Err(problem.help("give both populations one, such as coords = { x = \"i/n\" }"));
        }
        (None, _) => {
            let problem = Problem::at(
                text.span.clone(),
                "this kernel needs a distance, and there are several coordinates",
            );
            return Err(problem.help(format!("say along which: coordinate = \"{}\"", shared[0])));
        }
    };
    let boundary = match (boundary_word(entry)?, &entry.period) {
        (true, Some(period)) => match context.quantity(period)?.0 {
            x if x > 0.0 => Boundary::Periodic(x),
            _ => return Err(Problem::at(period.span.clone(), "`period` is not positive")),
        },
        (true, None) => {
            let span = entry.boundary.as_ref().expect("it says periodic").span.clone();
            return Err(
                Problem::at(span, "a periodic space needs its circumference").help("add `period = \"2*pi\"`")
            );
        }
        (false, Some(period)) => {
            let problem = Problem::at(period.span.clone(), "`period` belongs to a periodic space");
            return Err(problem.help("add `boundary = \"periodic\"`"));
        }
        (false, None) => Boundary::Open,
    };
    Ok(Structure::Kernel { formula, coordinate, boundary, cutoff })
}

fn convolve(
    context: &Context<'_>,
    entry: &At<Connect>,
    convolution: &At<Convolution>,
    post: &Population,
    pre: &Population,
) -> Result<Structure, Problem> {
    let [rows, cols] = convolution.shape.value;
    for population in [pre, post] {
        if rows.checked_mul(cols) != Some(population.n) {
            let message =
                format!("a grid of {rows} x {cols}, and `{}` has {} units", population.name, population.n);
            return Err(Problem::at(convolution.shape.span.clone(), message).help("the sides multiply to n"));
        }
    }
    let kernel = matrix(context, &convolution.kernel, "kernel")?;
    if kernel.rows() % 2 == 0 || kernel.cols() % 2 == 0 {
        let message = format!("the kernel is {} x {}", kernel.rows(), kernel.cols());
        return Err(Problem::at(convolution.kernel.span.clone(), message).help("odd sides have a center"));
    }
    // The circumference of a grid is its sides.
    let boundary = if boundary_word(entry)? { Boundary::Periodic(1.0) } else { Boundary::Open };
    Ok(Structure::Convolution { shape: (rows, cols), kernel, boundary })
}
