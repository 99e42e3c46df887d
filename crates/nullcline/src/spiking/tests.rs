//! Truths about the engine, on networks that are written by hand.

use super::*;
use dynamics::random::Stream;
use dynamics::simulate::unwatched;
use linalg::Matrix;

/// Units that follow dx/dt = A x + g, fire above `threshold` and start again at 0.
fn units(n: usize, a: &[&[f64]], g: &[f64], dt: f64, threshold: f64) -> Units {
    let k = g.len();
    let big = Matrix::from_fn(k + 1, k + 1, |i, j| match (i < k, j < k) {
        (true, true) => dt * a[i][j],
        (true, false) => dt * g[i],
        _ => 0.0,
    });
    let e = linalg::expm(&big);
    let propagator = Propagator {
        variables: (0..k).collect(),
        matrix: (0..k * k).map(|at| e[(at / k, at % k)]).collect(),
        shift: (0..k).map(|i| e[(i, k)]).collect(),
    };
    Units {
        name: "cell".into(),
        n,
        variables: k,
        flow: Flow { linear: Some(propagator), rates: None },
        fires: Some(Fires::Above { variable: 0, value: threshold, rising: false }),
        reset: Reset::Values(vec![(0, 0.0)]),
        refractory: 20,
        held: vec![0],
        initial: vec![0.0; k * n],
        parameters: vec![],
        signals: vec![],
        poisson: vec![],
    }
}

fn network(units: Vec<Units>, dt: f64) -> SpikingNetwork {
    SpikingNetwork { dt, start: 0.0, seed: 5, units }
}

#[test]
fn an_alpha_synapse_of_the_membranes_time_constant_is_exact() {
    // v' = -v + g, g' = -g + a, a' = -a from a = 1: v = t^2/2 e^-t, which an eigenvector basis cannot give.
    let a: [&[f64]; 3] = [&[-1.0, 1.0, 0.0], &[0.0, -1.0, 1.0], &[0.0, 0.0, -1.0]];
    let mut cell = units(1, &a, &[0.0; 3], 1e-3, 9.0);
    cell.initial = vec![0.0, 0.0, 1.0];
    let mut engine = Engine::new(network(vec![cell], 1e-3), &[]);
    engine.run(1000, &Wanted::default(), &unwatched);
    assert!((engine.state(0)[0] - 0.5 * (-1.0f64).exp()).abs() < 1e-13);
}

#[test]
fn a_constant_current_gives_the_rate_of_the_closed_form() {
    // tau = 20 ms, 15 mV to the threshold, 2 ms refractory: 33.6407 Hz at RI = 20 mV; a spike is told up to a step late.
    let mut cell = units(1, &[&[-50.0]], &[1.0], 1e-5, 0.015);
    cell.refractory = 200;
    let mut engine = Engine::new(network(vec![cell], 1e-5), &[]);
    let run = engine.run(1_000_000, &Wanted::default(), &unwatched);
    let times: Vec<f64> = run.spikes[0].iter().map(|(step, _)| *step as f64 * 1e-5).collect();
    let rate = (times.len() - 1) as f64 / (times[times.len() - 1] - times[0]);
    assert!((rate / 33.6407 - 1.0).abs() < 33.7 * 1e-5, "{rate}");
}

/// A spike of unit 0 of the first population at step 1 adds 1 to the second after `delay` steps.
fn arrival(delay: Delay<'_>) -> u64 {
    let mut source = units(3, &[&[0.0]], &[0.0], 0.1, 0.5);
    source.initial = vec![1.0, 0.0, 0.0];
    let target = units(2, &[&[0.0]], &[0.0], 0.1, 9.0);
    let rows = |target: usize, row: &mut Row| {
        if target == 1 {
            row.push((0, 1.0));
        }
    };
    let synapses = [Synapses { from: 0, to: 1, variable: 0, rows: &rows, weight: None, delay }];
    let mut engine = Engine::new(network(vec![source, target], 0.1), &synapses);
    assert_eq!(engine.synapses(), 1);
    let probe = |unit| Probe { population: 1, variable: 0, unit };
    let wanted = Wanted { probes: vec![probe(0), probe(1)], every: 1 };
    let run = engine.run(300, &wanted, &unwatched);
    assert_eq!(run.spikes[0], [(1, 0)]);
    assert!(run.samples.chunks(2).all(|x| x[0] == 0.0));
    let first = run.samples.chunks(2).position(|x| x[1] == 1.0).expect("it arrives");
    assert!(run.samples.chunks(2).skip(first).all(|x| x[1] == 1.0), "once");
    run.steps[first]
}

#[test]
fn a_spike_arrives_after_its_delay_however_long() {
    for delay in [1, 2, 7, 8, 100, 255, 256] {
        assert_eq!(arrival(Delay::Same(delay)), 1 + u64::from(delay));
        let rows = |_: usize, count: usize, to: &mut Vec<u16>| to.extend(std::iter::repeat_n(delay, count));
        assert_eq!(arrival(Delay::Each { least: 1, most: 300, rows: &rows }), 1 + u64::from(delay));
    }
}

#[test]
fn a_refractory_unit_takes_no_input_into_what_it_holds() {
    let mut cell = units(1, &[&[0.0]], &[0.0], 0.1, 0.5);
    cell.initial = vec![1.0];
    let rows = |_: usize, row: &mut Row| row.push((0, 0.25));
    let synapse = |delay| Synapses {
        from: 0,
        to: 0,
        variable: 0,
        rows: &rows,
        weight: Some(0.25),
        delay: Delay::Same(delay),
    };
    // It fires at step 1 and is free again at step 21: what comes up to then is lost.
    for (delay, heard) in [(19, 0.0), (20, 0.0), (21, 0.25)] {
        let mut engine = Engine::new(network(vec![cell.clone()], 0.1), &[synapse(delay)]);
        engine.run(40, &Wanted::default(), &unwatched);
        assert_eq!(engine.state(0), [heard], "{delay}");
    }
}

/// 2600 units that excite and inhibit each other, with weights and delays of their own, under Poisson input.
fn busy() -> Engine {
    let a: [&[f64]; 2] = [&[-50.0, 50.0], &[0.0, -200.0]];
    let mut cells = units(1900, &a, &[0.0; 2], 1e-4, 0.02);
    cells.poisson = vec![PoissonInput { variable: 0, mean: 1.6, weight: 1.5e-4, stream: 3 }];
    let mut others = Units { n: 700, initial: vec![0.0; 1400], ..cells.clone() };
    others.poisson[0].stream = 4;
    let sizes = [1900, 700];
    let rows = |from: usize, to: usize| {
        move |target: usize, row: &mut Row| {
            let mut s = Stream::new(9, (from * 2 + to) as u64, target as u64);
            let sign = if from == 0 { 1.0 } else { -6.0 };
            for j in 0..sizes[from] {
                if s.uniform() < 0.03 {
                    row.push((j, sign * 4e-4 * s.uniform()));
                }
            }
        }
    };
    let delays = |target: usize, count: usize, to: &mut Vec<u16>| {
        let mut s = Stream::new(9, 77, target as u64);
        to.extend((0..count).map(|_| 40 + (30.0 * s.uniform()) as u16));
    };
    let made = [rows(0, 0), rows(0, 1), rows(1, 0), rows(1, 1)];
    let synapses: Vec<Synapses<'_>> = made
        .iter()
        .enumerate()
        .map(|(k, rows)| Synapses {
            from: k / 2,
            to: k % 2,
            variable: k % 2,
            rows,
            weight: None,
            delay: Delay::Each { least: 40, most: 70, rows: &delays },
        })
        .collect();
    Engine::new(network(vec![cells, others], 1e-4), &synapses)
}

#[test]
fn one_two_four_and_eight_threads_give_the_same_bits() {
    let of = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let mut engine = busy();
            let run = engine.run(2000, &Wanted::default(), &unwatched);
            (run.spikes, [engine.state(0), engine.state(1)].concat())
        })
    };
    let (spikes, state) = of(1);
    assert!(spikes.iter().all(|s| s.len() > 1000), "{} {}", spikes[0].len(), spikes[1].len());
    for threads in [2, 4, 8] {
        let (again, x) = of(threads);
        assert!(again == spikes && x.iter().zip(&state).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}

#[test]
fn a_run_in_pieces_is_the_run_in_one() {
    let mut whole = busy();
    let all = whole.run(400, &Wanted::default(), &unwatched);
    let mut pieces = busy();
    let mut spikes = vec![Vec::new(); 2];
    // Also where a piece is no multiple of the shortest delay.
    for steps in [37, 83, 200, 80] {
        let part = pieces.run(steps, &Wanted::default(), &unwatched);
        spikes.iter_mut().zip(part.spikes).for_each(|(all, part)| all.extend(part));
    }
    assert_eq!(spikes, all.spikes);
}

#[test]
fn uniform_weights_and_delays_cost_two_bytes_a_synapse() {
    let cell = units(2000, &[&[-50.0]], &[0.0], 1e-4, 1.0);
    let rows = |_: usize, row: &mut Row| row.extend((0..1000).map(|j| (j, 1.0)));
    let synapses = |weight, delay| [Synapses { from: 0, to: 0, variable: 0, rows: &rows, weight, delay }];
    let bytes = |s: &[Synapses<'_>]| Engine::new(network(vec![cell.clone()], 1e-4), s).bytes() as f64 / 2e6;
    assert!(bytes(&synapses(Some(1.0), Delay::Same(10))) < 2.2);
    let each = |_: usize, count: usize, to: &mut Vec<u16>| to.extend(vec![10; count]);
    assert!(bytes(&synapses(None, Delay::Each { least: 10, most: 10, rows: &each })) < 8.2);
}
