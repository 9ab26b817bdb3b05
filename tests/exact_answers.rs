//! The closed forms of `measure` against figures worked out in another way.
//!
//! Unless a source is named, figures are from mpmath with 60 digits: birth–death chains summed state by state until the weights are below
//! 1e-45 of the largest; waits by partial fractions of the sum of exponential times with different rates; waits under priority by
//! numerical inversion (de Hoog) of the Laplace transform of a delay busy period; pools by solving all balance equations at once.
#![cfg(feature = "measure")]
#![allow(clippy::excessive_precision, reason = "figures stand here as they were worked out")]

use cordboard::measure::{
    ConcurrentPool, ErlangA, ErlangC, FromHistory, Priorities, Spread, WaitBehind, erlang_b, least_servers, student_t,
    student_tail,
};

const NEVER: f64 = f64::INFINITY;

/// To 1e-9 of the figure, or of one where it is smaller.
#[track_caller]
fn agrees(found: f64, exact: f64) {
    assert!((found - exact).abs() <= 1e-9 * exact.abs().max(1.0), "{found}, and not {exact}");
}

#[test]
fn loss() {
    for (servers, load, lost) in [
        (10, 10.0, 0.214_582_343_107_347_34),
        (20, 12.5, 0.013_520_017_412_398_053),
        (100, 90.0, 0.026_957_380_464_359_215),
        (1000, 1010.0, 0.031_232_364_387_673_923),
    ] {
        agrees(erlang_b(servers, load), lost);
        // A waiting room for nobody, whether or not customers would be patient.
        for patience in [0.1, NEVER] {
            let pool = ErlangA::with_room(servers, load, 1.0, patience, 0).unwrap();
            agrees(pool.blocked(), lost);
            agrees(pool.service_level(3.0), 1.0 - lost);
            agrees(pool.service_level_answered(0.0), 1.0);
            agrees(pool.occupancy(), load * (1.0 - lost) / f64::from(servers));
            assert_eq!((pool.wait_probability(), pool.mean_wait()), (0.0, 0.0));
        }
    }
}

#[test]
fn delay() {
    for (servers, arrivals, service, time, exact) in [
        (1, 0.5, 1.0, 1.0, [0.5, 1.0, 0.696_734_670_143_683_29, 0.5]),
        (
            14,
            200.0 / 3600.0,
            180.0,
            20.0,
            [0.174_131_933_505_049_84, 7.835_937_011_777_242_9, 0.888_350_019_179_466_88, 0.435_329_833_987_624_61],
        ),
        (
            100,
            95.0,
            1.0,
            0.05,
            [0.506_456_853_913_020_59, 0.101_291_370_782_604_12, 0.605_571_005_580_659_46, 9.622_680_224_347_391_2],
        ),
        (
            500,
            490.0,
            1.0,
            0.01,
            [0.546_673_272_194_828_99, 0.054_667_327_219_482_899, 0.505_349_567_887_961_61, 26.786_990_337_546_62],
        ),
    ] {
        let pool = ErlangC::new(servers, arrivals, service).unwrap();
        let [delayed, wait, level, queue] = exact;
        agrees(pool.wait_probability(), delayed);
        agrees(pool.mean_wait(), wait);
        agrees(pool.service_level(time), level);
        agrees(pool.mean_queue(), queue);
        agrees(pool.mean_wait_of_delayed() * delayed, wait);
        // Nobody who never leaves is one more case of impatience.
        let same = ErlangA::new(servers, arrivals, service, NEVER).unwrap();
        agrees(same.service_level(time), level);
        agrees(same.mean_wait(), wait);
        agrees(same.mean_wait_answered(), wait);
    }
}

/// Servers, arrivals, service, patience, a time, room; delayed, abandoned, turned away, mean wait, mean wait of those answered, answered in time over offered and over answered, waiting, busy.
type Impatient = (u32, f64, f64, f64, f64, Option<u32>, [f64; 9]);

#[test]
fn impatience() {
    let cases: [Impatient; 6] = [
        (
            4,
            3.0,
            1.0,
            2.0,
            0.2,
            None,
            [
                0.391_615_721_862_431_75,
                0.080_055_983_862_706_629,
                0.0,
                0.160_111_967_725_413_26,
                0.141_856_536_637_298_36,
                0.716_570_841_479_618_25,
                0.778_928_748_825_816_04,
                0.480_335_903_176_239_77,
                0.689_958_012_102_970_03,
            ],
        ),
        (
            10,
            12.0,
            1.0,
            0.5,
            0.1,
            None,
            [
                0.658_135_172_593_083_11,
                0.232_906_086_816_922_39,
                0.0,
                0.116_453_043_408_461_2,
                0.106_315_731_913_141_74,
                0.484_280_810_913_683_55,
                0.631_318_802_810_137_77,
                1.397_436_520_901_534_4,
                0.920_512_695_819_693_13,
            ],
        ),
        (
            30,
            28.0,
            1.25,
            4.0,
            0.5,
            None,
            [
                0.956_008_888_563_753_8,
                0.147_199_626_869_954_45,
                0.0,
                0.588_798_507_479_817_79,
                0.618_677_578_675_164_8,
                0.343_060_006_910_060_72,
                0.402_274_691_380_495_78,
                16.486_358_209_434_898,
                0.994_933_768_651_719_81,
            ],
        ),
        (
            3,
            5.0,
            1.0,
            1.0 / 0.7,
            0.3,
            Some(4),
            [
                0.858_609_850_420_916_12,
                0.261_043_842_026_901_92,
                0.171_258_691_675_085_56,
                0.449_983_330_839_277_51,
                0.459_882_534_700_865_97,
                0.252_993_564_271_581_82,
                0.445_648_570_393_254_12,
                1.864_598_871_620_728_3,
                0.946_162_443_830_020_8,
            ],
        ),
        (
            5,
            4.0,
            1.0,
            NEVER,
            0.4,
            Some(6),
            [
                0.478_337_239_760_175_32,
                0.0,
                0.032_871_291_871_338_455,
                0.274_406_005_406_006_38,
                0.274_406_005_406_006_38,
                0.711_030_738_025_232_41,
                0.735_197_634_036_772_64,
                1.061_543_702_044_229_9,
                0.773_702_966_502_929_24,
            ],
        ),
        (
            1,
            2.0,
            1.0,
            1.0 / 3.0,
            0.05,
            None,
            [
                0.770_266_743_284_010_29,
                0.614_866_628_357_994_85,
                0.0,
                0.204_955_542_785_998_28,
                0.118_167_160_228_931_47,
                0.251_544_012_926_293_62,
                0.653_134_813_672_060_92,
                0.409_911_085_571_996_57,
                0.770_266_743_284_010_29,
            ],
        ),
    ];
    for (servers, arrivals, service, patience, time, room, exact) in cases {
        let pool = match room {
            None => ErlangA::new(servers, arrivals, service, patience),
            Some(room) => ErlangA::with_room(servers, arrivals, service, patience, room),
        }
        .unwrap();
        let found = [
            pool.wait_probability(),
            pool.abandonment(),
            pool.blocked(),
            pool.mean_wait(),
            pool.mean_wait_answered(),
            pool.service_level(time),
            pool.service_level_answered(time),
            pool.mean_queue(),
            pool.occupancy(),
        ];
        found.into_iter().zip(exact).for_each(|(found, exact)| agrees(found, exact));
    }
}

/// Whitt, *Operations Research* 53 (2005), table 1, to the digits printed: M/M/100/200+M, 102 arrivals, answered within 0.1.
#[test]
fn impatience_as_published() {
    let pool = ErlangA::with_room(100, 102.0, 1.0, 1.0, 200).unwrap();
    for (found, published, digit) in [
        (1.0 - pool.wait_probability(), 0.4083, 1e-4),
        (pool.abandonment(), 0.0499, 1e-4),
        (pool.mean_queue(), 5.092, 1e-3),
        (pool.mean_wait_answered(), 0.0490, 1e-4),
        (pool.service_level_answered(0.1), 0.7986, 1e-4),
    ] {
        assert!((found - published).abs() <= 0.51 * digit, "{found}, and not {published}");
    }
}

/// What holds whatever the parameters: flows balance, and service levels rise from those answered at once to those answered at all.
#[test]
fn impatience_balances() {
    for (servers, arrivals, patience) in [
        (1, 5.0, 1.0),
        (100, 102.0, 1.0),
        (100, 120.0, 30.0),
        (3, 0.1, 0.01),
        (2000, 1.0, 1.0),
        (50, 5e4, 1.0),
        (4000, 4100.0, 2.0),
    ] {
        let pool = ErlangA::new(servers, arrivals, 1.0, patience).unwrap();
        let answered = arrivals * (1.0 - pool.abandonment());
        assert!((answered - pool.occupancy() * f64::from(servers)).abs() < 1e-9 * arrivals, "{servers} {arrivals}");
        assert!((pool.service_level(0.0) - (1.0 - pool.wait_probability())).abs() < 1e-9);
        assert!((pool.service_level(1e4) - (1.0 - pool.abandonment())).abs() < 1e-9, "{servers} {arrivals}");
        assert!((pool.service_level_answered(1e4) - 1.0).abs() < 1e-9);
        let levels: Vec<f64> = (0..50).map(|step| pool.service_level(f64::from(step) * 0.05)).collect();
        assert!(levels.windows(2).all(|pair| pair[1] >= pair[0] - 1e-12), "{servers} {arrivals}");
        assert!(pool.service_level(-1.0).abs() < 1e-300, "nobody is answered before coming");
    }
    let (patient, c) = (ErlangA::new(8, 6.0, 1.0, 1e9).unwrap(), ErlangC::new(8, 6.0, 1.0).unwrap());
    assert!((c.mean_wait() - patient.mean_wait()).abs() < 1e-6);
    for (servers, arrivals, service, patience) in [
        (0, 1.0, 1.0, 1.0),
        (1, 1.0, 1.0, NEVER),
        (1, f64::NAN, 1.0, 1.0),
        (1, 1.0, 0.0, 1.0),
        (1, 1.0, 1.0, -1.0),
        (1, 1.0, 1.0, f64::NAN),
    ] {
        assert_eq!(ErlangA::new(servers, arrivals, service, patience), None);
    }
}

/// The limit of many servers: Garnett, Mandelbaum and Reiman (2002), theorem 4. P(wait) → 1 / (1 + √(θ/μ) h(β√(μ/θ)) / h(−β)).
#[test]
fn many_servers_come_to_their_limit() {
    // β = 0.5, θ / μ = 0.5; h is the hazard rate of the normal distribution.
    const LIMIT: f64 = 0.357_176_920_126_558_7;
    let off = [100_u32, 400, 1600, 6400].map(|n| {
        let arrivals = f64::from(n) - 0.5 * f64::from(n).sqrt();
        ErlangA::new(n, arrivals, 1.0, 2.0).unwrap().wait_probability() - LIMIT
    });
    assert!(
        off.windows(2).all(|pair| (pair[0] / pair[1] - 2.0).abs() < 0.05),
        "it is off by a multiple of 1/√n: {off:?}"
    );
}

#[test]
fn priorities() {
    let pool = Priorities::new(10, &[3.0, 2.5, 3.5], 1.0).unwrap();
    for (class, wait) in
        [0.095_533_074_872_528_143, 0.212_295_721_938_951_43, 1.486_070_053_572_66].into_iter().enumerate()
    {
        agrees(pool.mean_wait(class), wait);
    }
    for (servers, arrivals, class, time, level) in [
        (4, &[1.5, 1.2][..], 0, 0.3, 0.815_446_686_843_226_8),
        (4, &[1.5, 1.2], 1, 0.3, 0.718_835_359_489_574_2),
        (10, &[3.0, 2.5, 3.5], 1, 0.2, 0.678_362_192_144_387_3),
        (10, &[3.0, 2.5, 3.5], 2, 0.5, 0.505_360_662_555_190_3),
        (1, &[0.3, 0.4], 1, 2.0, 0.573_092_597_351_910_3),
        (50, &[20.0, 27.0], 1, 0.05, 0.493_947_617_401_541_6),
    ] {
        let pool = Priorities::new(servers, arrivals, 1.0).unwrap();
        agrees(pool.service_level(class, time), level);
        agrees(pool.service_level(class, 0.0), 1.0 - pool.wait_probability());
    }
    assert!(Priorities::new(4, &[2.0, 2.0], 1.0).is_none() && Priorities::new(4, &[2.0, 0.0], 1.0).is_none());
}

/// Two classes by hand: Kleinrock (1964), equation 20. W₂ = W / (1 − ρ₁ (1 − b₂ / b₁)), and Σ ρ W is that of one class.
#[test]
fn accumulating_priority() {
    let pool = Priorities::new(3, &[1.2, 1.4], 1.0).unwrap();
    let waits = pool.mean_waits_accumulating(&[1.0, 0.4]).unwrap();
    agrees(waits[0], 1.198_254_704_117_806_7);
    agrees(waits[1], 2.496_363_966_912_096_7);
    let together = ErlangC::new(3, 2.6, 1.0).unwrap().mean_wait();
    agrees(waits[1], together / (1.0 - 0.4 * 0.6));
    // Equal rates are no priority at all, very different ones are strict.
    for wait in pool.mean_waits_accumulating(&[2.0, 2.0]).unwrap() {
        agrees(wait, together);
    }
    let strict = pool.mean_waits_accumulating(&[1.0, 1e-12]).unwrap();
    agrees(strict[0], pool.mean_wait(0));
    agrees(strict[1], pool.mean_wait(1));
    let three = Priorities::new(5, &[1.0, 1.5, 2.0], 1.0).unwrap();
    let waits = three.mean_waits_accumulating(&[3.0, 2.0, 0.5]).unwrap();
    let all = ErlangC::new(5, 4.5, 1.0).unwrap().mean_wait();
    agrees((waits[0] + 1.5 * waits[1] + 2.0 * waits[2]) / 4.5, all);
    assert!(pool.mean_waits_accumulating(&[0.4, 1.0]).is_none() && pool.mean_waits_accumulating(&[1.0]).is_none());
}

/// Agents, speed, arrivals, work, patience, room, spread, a time; delayed, abandoned, turned away, mean wait, in service, busy, answered in time.
type Pool<'a> = (u32, &'a [f64], f64, f64, f64, Option<u32>, Spread, f64, [f64; 7]);

#[test]
fn concurrent_contacts() {
    let three = [1.0, 0.85, 0.7];
    let cases: [Pool<'_>; 4] = [
        (
            3,
            &three,
            5.5,
            1.0,
            2.0,
            None,
            Spread::LeastLoaded,
            0.2,
            [
                0.350_701_257_648_375_6,
                0.062_569_983_869_831_23,
                0.0,
                0.125_139_967_739_662_5,
                6.769_385_643_172_914,
                0.963_068_182_921_814_4,
                0.757_503_488_094_988_7,
            ],
        ),
        (
            3,
            &three,
            5.5,
            1.0,
            2.0,
            None,
            Spread::MostLoaded,
            0.2,
            [
                0.371_690_091_746_980_3,
                0.066_314_683_902_566_74,
                0.0,
                0.132_629_367_805_133_5,
                6.970_402_307_490_627,
                0.906_750_593_431_990_1,
                0.742_990_511_745_848_5,
            ],
        ),
        (
            2,
            &[1.0, 0.6],
            2.0,
            0.8,
            NEVER,
            Some(5),
            Spread::Random,
            0.5,
            [
                0.275_586_300_402_766_1,
                0.0,
                0.013_740_267_720_948_2,
                0.205_927_835_845_984_8,
                2.253_015_616_199_2,
                0.704_632_780_254_151_8,
                0.837_553_151_584_354,
            ],
        ),
        (
            1,
            &[1.0, 0.5, 0.3],
            1.2,
            1.0,
            1.5,
            None,
            Spread::LeastLoaded,
            0.5,
            [
                0.561_375_457_586_244,
                0.313_865_661_395_409_5,
                0.0,
                0.470_798_492_093_114_3,
                2.175_771_464_255_469,
                0.879_498_752_084_133,
                0.531_032_155_335_008_9,
            ],
        ),
    ];
    for (agents, speed, arrivals, work, patience, room, spread, time, exact) in cases {
        let pool = ConcurrentPool::new(agents, speed, arrivals, work, patience, room, spread).unwrap();
        let found = [
            pool.wait_probability(),
            pool.abandonment(),
            pool.blocked(),
            pool.mean_wait(),
            pool.in_service(),
            pool.occupancy(),
            pool.service_level(time),
        ];
        found.into_iter().zip(exact).for_each(|(found, exact)| agrees(found, exact));
        agrees(pool.agents_with().iter().sum(), f64::from(agents));
    }
    // Where speed does not suffer, slots are servers, whoever has them.
    let slots = ErlangA::new(6, 5.0, 1.0, 1.0 / 0.7).unwrap();
    for spread in [Spread::LeastLoaded, Spread::MostLoaded, Spread::Random] {
        let pool = ConcurrentPool::new(2, &[1.0, 1.0, 1.0], 5.0, 1.0, 1.0 / 0.7, None, spread).unwrap();
        agrees(pool.wait_probability(), slots.wait_probability());
        agrees(pool.service_level(0.2), slots.service_level(0.2));
        agrees(pool.mean_wait_answered(), slots.mean_wait_answered());
    }
    let pool =
        |agents, speed: &[f64], patience| ConcurrentPool::new(agents, speed, 1.0, 1.0, patience, None, Spread::Random);
    assert!(pool(20, &[1.0; 6], 1.0).is_none(), "too many states");
    assert!(pool(1, &[1.0], NEVER).is_none() && pool(1, &[], 1.0).is_none() && pool(1, &[0.0], 1.0).is_none());
}

#[test]
fn predictions() {
    for (ahead, drain, leave, mean, deviation, low, high, at_mean) in [
        (
            5,
            10.0 / 180.0,
            1.0 / 120.0,
            81.447_835_148_359_886,
            33.869_856_836_397_857,
            42.352_449_494_251_023,
            126.657_776_431_153_5,
            0.556_863_636_263_469_95,
        ),
        (
            20,
            4.0,
            0.3,
            3.230_614_085_505_081_7,
            0.732_789_453_794_083_46,
            2.338_707_848_229_925_6,
            4.198_092_304_314_888_4,
            0.532_287_533_166_982_33,
        ),
        (
            3,
            2.0,
            5.0,
            0.785_014_005_602_240_9,
            0.529_917_743_920_891_29,
            0.267_789_448_619_924_59,
            1.472_999_744_323_334_3,
            0.610_518_631_381_495_33,
        ),
    ] {
        let wait = WaitBehind::new(ahead, drain, leave).unwrap();
        agrees(wait.mean(), mean);
        agrees(wait.deviation(), deviation);
        agrees(wait.quantile(0.1), low);
        agrees(wait.quantile(0.9), high);
        agrees(wait.within(mean), at_mean);
    }
    let next = WaitBehind::new(0, 0.5, 0.0).unwrap();
    agrees(next.quantile(0.9), 2.0 * 10_f64.ln());
    assert!(WaitBehind::new(1, 0.0, 1.0).is_none() && WaitBehind::new(1, 1.0, f64::NAN).is_none());
    // With 3 arriving and 4 served: a last one who waited 5 has 15 behind, the head of the line itself besides.
    let (last, head) = (FromHistory::last_served(5.0, 3.0, 4.0), FromHistory::head_of_line(5.0, 3.0, 4.0));
    agrees(last.mean, 4.0);
    agrees(head.mean, 4.25);
    agrees(last.deviation, 31_f64.sqrt() / 4.0);
    agrees(head.deviation, 32_f64.sqrt() / 4.0);
}

/// Staffing is the other way round: one fewer would not do.
#[test]
fn staffing() {
    for (arrivals, service, share, time) in
        [(5.0, 1.0, 0.8, 0.1), (90.0, 1.0, 0.95, 0.05), (0.01, 1.0, 0.5, 0.1), (2000.0, 1.0, 0.8, 0.02)]
    {
        let patient = |n| ErlangC::new(n, arrivals, service).is_some_and(|pool| pool.service_level(time) >= share);
        let leaving = |n| ErlangA::new(n, arrivals, service, 1.0).is_some_and(|pool| pool.service_level(time) >= share);
        for enough in [&patient as &dyn Fn(u32) -> bool, &leaving] {
            let least = least_servers(enough).unwrap();
            assert!(enough(least) && (least == 1 || !enough(least - 1)), "{arrivals}: {least}");
        }
    }
}

#[test]
fn chance() {
    // Abramowitz and Stegun, table 26.10, and mpmath for the far end.
    for (t, freedom, tail) in
        [(2.262_157_163, 9, 0.05), (3.249_835_542, 9, 0.01), (7.0, 23, 3.914_186_158_93e-7), (0.0, 4, 1.0)]
    {
        assert!((student_tail(t, freedom) / tail - 1.0).abs() < 1e-6, "{t} {freedom}: {}", student_tail(t, freedom));
    }
    for freedom in [1, 2, 19, 500] {
        assert!((student_tail(-student_t(freedom), freedom) - 0.05).abs() < 1e-12);
    }
}
