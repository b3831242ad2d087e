//! Tasks that a dataset cannot teach.

use std::collections::BTreeMap;

use taskonomy_core::{Dtype, Encoding, Input, Output, Target, Task, Values};
use taskonomy_data::TaskView;

use crate::views::{on, on_small};
use crate::{SIZE, domain, domains, task, values};

#[test]
fn tasks_that_the_dataset_cannot_teach_are_refused_with_the_reason() {
    let target = |name: &str, encoding| Target { domain: name.into(), encoding, mask: None };
    let with = |change: &dyn Fn(&mut Task)| {
        let mut task = task("depth_zbuffer");
        change(&mut task);
        task
    };
    let log = Encoding::LogDepth;
    let vector = |length| {
        move |t: &mut Task| {
            t.output = Output::Vector { length };
            t.target = Some(target("vanishing_points", Encoding::Plain));
        }
    };
    let dense = |channels, stride| {
        move |t: &mut Task| t.output = Output::Dense { channels: Some(channels), stride }
    };
    let cases: Vec<(Task, &str)> = vec![
        (task("reshading"), "there is no domain `reshading`"),
        (with(&|t| t.target.as_mut().unwrap().mask = Some("dept".into())), "its mask is not there"),
        (
            with(&|t| t.target.as_mut().unwrap().mask = Some("class_scene".into())),
            "must have the 4×4",
        ),
        (with(&|t| t.target = Some(target("normal", log))), "its encoding needs U16"),
        (with(&|t| t.target = Some(target("vanishing_points", Encoding::Plain))), "4×4 pixels"),
        (with(&dense(2, 1)), "the task predicts 2 channels"),
        (with(&dense(1, 3)), "stride is 3"),
        (with(&vector(8)), "the task predicts 8 numbers"),
        (with(&|t| t.output = Output::Class {}), "a class is a single value"),
        (with(&|t| t.target = Some(target("normal", Encoding::Labels))), "classes"),
        (with(&|t| t.target = Some(target("segment_semantic", Encoding::Labels))), "cross_entropy"),
        (with(&|t| t.target.as_mut().unwrap().encoding = Encoding::Clip { max: 0.0 }), "above 0"),
        (with(&|t| t.input = Input::Noise { sigma: -1.0 }), "sigma is -1"),
        (with(&|t| t.input = Input::Hole { side: 1.5 }), "from 0 to 1"),
    ];
    on_small(|dataset| {
        for (task, expected) in &cases {
            let error = TaskView::new(dataset, task).unwrap_err().to_string();
            assert!(error.contains(expected), "{expected}: {error}");
            assert!(error.starts_with(&format!("task `{}`: ", task.id)), "{error}");
        }
        assert!(TaskView::new(dataset, &with(&vector(9))).is_ok());
    });
    let mut unknown = values(0);
    unknown.insert("depth_zbuffer".into(), Values::U16(vec![65535; SIZE * SIZE]));
    on(domains(), &[unknown], |dataset| {
        let error = TaskView::new(dataset, &task("depth_zbuffer")).unwrap_err().to_string();
        assert!(error.contains("no sample of the splits"), "{error}");
    });
    let depth = domain("depth_zbuffer", Dtype::U16, [1, SIZE, SIZE]);
    on(vec![depth], &[BTreeMap::new()], |dataset| {
        let error = TaskView::new(dataset, &task("random")).unwrap_err().to_string();
        assert!(error.contains("its input is not there"), "{error}");
    });
}
